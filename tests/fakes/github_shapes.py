"""The JSON of GitHub's REST API, as pure functions of what the fake knows.

The fields are those that GitHub's OpenAPI description requires, and the optional ones that clients read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.fakes.github_world import Account, App, Installation, PullRequest, Repository, Token, World, stable_id

Json = dict[str, Any]

_REPOSITORY_LINKS = {
    "url": "",
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
_ACCOUNT_LINKS = {
    "url": "",
    "events_url": "/events{/privacy}",
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "organizations_url": "/orgs",
    "received_events_url": "/received_events",
    "repos_url": "/repos",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
}
_PERMISSIONS = {"contents": "read", "metadata": "read", "pull_requests": "read"}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the API and the pages are: both on the fake itself, since clients refuse to follow links elsewhere."""

    api: str
    web: str


def instant(at: datetime) -> str:
    """Return a moment as the API writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _instant_or_none(at: datetime | None) -> str | None:
    return instant(at) if at else None


def node_id(kind: str, number: int) -> str:
    """Return an opaque id of the shape that GraphQL and REST share."""
    return f"{kind}_{number:x}"


def account(who: Account, at: Addresses) -> Json:
    """Return a `simple-user`."""
    base = f"{at.api}/users/{who.login}"
    return {
        "login": who.login,
        "id": who.id,
        "node_id": node_id("U", who.id),
        "avatar_url": f"{at.web}/avatars/{who.id}",
        "gravatar_id": "",
        "html_url": f"{at.web}/{who.login}",
        "type": who.kind,
        "site_admin": False,
        **{key: base + path for key, path in _ACCOUNT_LINKS.items()},
    }


def public_account(who: Account, at: Addresses) -> Json:
    """Return a `public-user`."""
    unknown = dict.fromkeys(("bio", "company", "email", "hireable", "location"))
    counts = dict.fromkeys(("followers", "following", "public_gists", "public_repos"), 0)
    dates = {"created_at": "2020-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z"}
    return {**account(who, at), "name": who.name, "blog": "", **unknown, **counts, **dates, "user_view_type": "public"}


def repository(repo: Repository, world: World, at: Addresses) -> Json:
    """Return what every shape of a repository has."""
    base, page = f"{at.api}/repos/{repo.full_name}", f"{at.web}/{repo.full_name}"
    features = dict.fromkeys(("has_issues", "has_projects", "has_wiki", "has_downloads"), True)
    pushed_at = repo.pushed_at
    return {
        "id": repo.id,
        "node_id": node_id("R", repo.id),
        "name": repo.name,
        "full_name": repo.full_name,
        "private": repo.private,
        "visibility": "private" if repo.private else "public",
        "owner": account(world.account(repo.owner), at),
        "html_url": page,
        "description": repo.description,
        "fork": repo.fork,
        **{key: base + path for key, path in _REPOSITORY_LINKS.items()},
        "clone_url": f"{page}.git",
        "git_url": f"{page}.git".replace("http:", "git:", 1),
        "ssh_url": f"git@127.0.0.1:{repo.full_name}.git",
        "svn_url": page,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        "topics": [],
        "default_branch": repo.default_branch,
        "archived": repo.archived,
        "disabled": False,
        "size": repo.size if pushed_at else 0,
        **features,
        "has_pages": False,
        "has_discussions": False,
        **dict.fromkeys(("forks", "forks_count", "open_issues", "open_issues_count"), 0),
        **dict.fromkeys(("stargazers_count", "watchers", "watchers_count"), repo.stars),
        "created_at": instant(repo.created_at),
        "updated_at": instant(pushed_at or repo.created_at),
        "pushed_at": instant(pushed_at or repo.created_at),
    }


def full_repository(repo: Repository, world: World, at: Addresses) -> Json:
    """Return a `full-repository`."""
    return {**repository(repo, world, at), "network_count": 0, "subscribers_count": 0}


def label(name: str, repo: Repository, at: Addresses) -> Json:
    """Return a label of a repository; it has no more than a name here."""
    number = stable_id("label", repo.full_name, name)
    return {
        "id": number,
        "node_id": node_id("LA", number),
        "url": f"{at.api}/repos/{repo.full_name}/labels/{name}",
        "name": name,
        "description": "",
        "color": "ededed",
        "default": False,
    }


def milestone(title: str, repo: Repository, at: Addresses) -> Json:
    """Return a milestone of a repository, the first and only one."""
    url = f"{at.api}/repos/{repo.full_name}/milestones/1"
    number = stable_id("milestone", repo.full_name, title)
    return {
        "id": number,
        "node_id": node_id("MI", number),
        "number": 1,
        "title": title,
        "state": "open",
        "description": None,
        "creator": None,
        "open_issues": 0,
        "closed_issues": 0,
        "due_on": None,
        "closed_at": None,
        "created_at": instant(repo.created_at),
        "updated_at": instant(repo.created_at),
        "url": url,
        "html_url": f"{at.web}/{repo.full_name}/milestone/1",
        "labels_url": f"{url}/labels",
    }


def simple_pull_requests(pulls: Sequence[PullRequest], repo: Repository, world: World, at: Addresses) -> list[Json]:
    """Return a list of `pull-request-simple`."""
    within = repository(repo, world, at)
    return [_simple_pull_request(pull, repo, within, world, at) for pull in pulls]


def _simple_pull_request(pull: PullRequest, repo: Repository, within: Json, world: World, at: Addresses) -> Json:
    number = stable_id("pull", repo.full_name, str(pull.number))
    base, issue = (f"{at.api}/repos/{repo.full_name}/{kind}/{pull.number}" for kind in ("pulls", "issues"))
    page = f"{at.web}/{repo.full_name}/pull/{pull.number}"
    author = account(world.account(pull.author), at)
    links = {
        "self": base,
        "html": page,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{base}/comments",
        "review_comment": f"{at.api}/repos/{repo.full_name}/pulls/comments{{/number}}",
        "commits": f"{base}/commits",
        "statuses": f"{at.api}/repos/{repo.full_name}/statuses/{pull.head_sha}",
    }
    return {
        "id": number,
        "node_id": node_id("PR", number),
        "number": pull.number,
        "state": "open" if pull.state == "OPEN" else "closed",
        "locked": False,
        "title": pull.title,
        "body": pull.body,
        "user": author,
        "labels": [label(name, repo, at) for name in pull.labels],
        "milestone": milestone(pull.milestone, repo, at) if pull.milestone else None,
        "assignee": None,
        "assignees": [],
        "requested_reviewers": [account(world.account(login), at) for login in pull.requested_reviewers],
        "requested_teams": [],
        "draft": pull.draft,
        "author_association": "CONTRIBUTOR",
        "auto_merge": None,
        "created_at": instant(pull.created_at),
        "updated_at": instant(pull.closed_at or pull.created_at),
        "closed_at": _instant_or_none(pull.closed_at),
        "merged_at": _instant_or_none(pull.closed_at) if pull.state == "MERGED" else None,
        "merge_commit_sha": pull.merge_commit,
        "head": _branch(pull.head, pull.head_sha, author, within),
        "base": _branch(pull.base, pull.merge_commit or "0" * 40, within["owner"], within),
        "url": base,
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "issue_url": issue,
        "comments_url": links["comments"],
        "commits_url": links["commits"],
        "review_comments_url": links["review_comments"],
        "review_comment_url": links["review_comment"],
        "statuses_url": links["statuses"],
        "_links": {name: {"href": url} for name, url in links.items()},
    }


def _branch(ref: str, sha: str, user: Json, repo: Json) -> Json:
    return {"label": f"{user['login']}:{ref}", "ref": ref, "sha": sha, "user": user, "repo": repo}


def pull_request(pull: PullRequest, repo: Repository, world: World, at: Addresses) -> Json:
    """Return a `pull-request`, as it is alone."""
    merged = pull.state == "MERGED"
    return {
        **simple_pull_requests([pull], repo, world, at)[0],
        "merged": merged,
        "merged_by": account(world.account(repo.owner), at) if merged else None,
        "mergeable": None,
        "mergeable_state": "unknown",
        "rebaseable": None,
        "maintainer_can_modify": False,
        "comments": 0,
        "review_comments": 0,
        "commits": max(1, len(pull.commits)),
        "additions": pull.additions,
        "deletions": pull.deletions,
        "changed_files": pull.changed_files,
    }


def app(what: App, world: World, at: Addresses) -> Json:
    """Return an `integration`."""
    return {
        "id": what.id,
        "slug": what.slug,
        "node_id": node_id("A", what.id),
        "owner": account(world.account(what.owner), at),
        "name": what.slug,
        "description": None,
        "external_url": f"{at.web}/{what.owner}",
        "html_url": f"{at.web}/apps/{what.slug}",
        "created_at": "2025-01-01T00:00:00Z",
        "updated_at": "2025-01-01T00:00:00Z",
        "permissions": _PERMISSIONS,
        "events": [],
    }


def installation(where: Installation, what: App, world: World, at: Addresses) -> Json:
    """Return an `installation`."""
    holder = world.account(where.account)
    return {
        "id": where.id,
        "app_id": what.id,
        "app_slug": what.slug,
        "client_id": f"Iv1.{what.id:016x}",
        "account": account(holder, at),
        "target_id": holder.id,
        "target_type": holder.kind,
        "repository_selection": "all" if where.repositories is None else "selected",
        "access_tokens_url": f"{at.api}/app/installations/{where.id}/access_tokens",
        "repositories_url": f"{at.api}/installation/repositories",
        "html_url": f"{at.web}/settings/installations/{where.id}",
        "permissions": _PERMISSIONS,
        "events": [],
        "single_file_name": None,
        "created_at": "2025-01-01T00:00:00Z",
        "updated_at": "2025-01-01T00:00:00Z",
        "suspended_by": None,
        "suspended_at": _instant_or_none(where.suspended_at),
    }


def listed_installation(where: Installation, what: App, world: World, at: Addresses) -> Json:
    """Return an installation as lists have it: GitHub's description wants the account to be an enterprise's as well."""
    shape = installation(where, what, world, at)
    enterprise = {"name": where.account, "slug": where.account.lower(), "created_at": None, "updated_at": None}
    return {**shape, "account": {**shape["account"], **enterprise}}


def installation_token(secret: str, token: Token) -> Json:
    """Return an `installation-token`."""
    return {
        "token": secret,
        "expires_at": _instant_or_none(token.expires_at),
        "permissions": _PERMISSIONS,
        "repository_selection": "all" if token.private_repositories is None else "selected",
    }
