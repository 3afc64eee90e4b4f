### The words in English. A text between backticks is a name from the code.
### Variables that select a variant are numbers; text values are inserted as they are.

## Dates (patterns and skeletons of CLDR, https://cldr.unicode.org)

locale = en_001
pattern-day = EEEE d MMMM y
pattern-days = yMMMd
pattern-moment = d MMM HH:mm
pattern-dated-moment = d MMM y HH:mm
pattern-time = HH:mm
period-since = since { $ref } ({ $days })
period-between = { $start } to { $end }

## How things are strung together

list-separator = {", "}
clause-separator = {"; "}
sentence-separator = {" "}
tally-separator = {", "}
dot = {" · "}
after-label = {"  "}
named = { $name }: { $text }

## The names of things

tier-high = 🔴 High
tier-medium = 🟡 Medium
tier-low = 🟢 Low

type-feature = feature
type-fix = fix
type-performance = performance
type-security = security
type-refactor = refactoring
type-documentation = documentation
type-test = tests
type-ci = CI
type-build = build
type-dependencies = dependencies
type-revert = revert
type-release = release
type-other = other

severity-high = high
severity-medium = medium
severity-low = low

aspect-architecture = architecture
aspect-performance = performance
aspect-security = security
aspect-maintainability = maintainability
aspect-compatibility = compatibility

## A digest as a whole

title = { $repository } · { $period }
title-several = Changes · { $period }
changes-by-authors = { $changes ->
    [one] { $changes } change
   *[other] { $changes } changes
  } by { $authors ->
    [one] { $authors } author
   *[other] { $authors } authors
  }
count-high = 🔴 { $count } high
count-medium = 🟡 { $count } medium
count-low = 🟢 { $count } low
notification = { $title }: { $text }
more-high = and { $count } more in the thread
more-medium = and { $count } more in the thread
types = Types
type-count = { $type } { $count }
where = Where
area-count = { $area } { $count }
areas-more = { $areas ->
    [one] { $areas } more area
   *[other] { $areas } more areas
  } { $count }
areas-none = elsewhere { $count }
lines = +{ $additions } −{ $deletions }
lines-in-files = +{ $additions } −{ $deletions } in { $files ->
    [one] { $files } file
   *[other] { $files } files
  }
in-the-thread = In the thread: { $parts }.
# How to ask about a digest, in the last line of its root
ask-by-mention = Mention me there to ask about these changes.
ask-by-message = Write there to ask about these changes.
thread-high = high in full
thread-medium = medium by area
thread-low = low by type
thread-table = all commits
pinned-some = { $pinned } of { $count } high changes are pinned.
quiet = No changes landed.
quiet-since = No changes landed; the last one before is of { $day }.

## The receipt

window-utc = { $start } to { $end } UTC
window-zone = { $start } to { $end } { $zone } ({ $startUtc } to { $endUtc } UTC)
receipt-found = { $found } found, { $analysed } analysed
receipt-failed = { $count } could not be read
receipt-cut = { $count ->
    [one] { $count } diff shortened
   *[other] { $count } diffs shortened
  }
receipt-fallback = { $count } of them by rules instead of the model
receipt-excluded = { $count } left out by the filters of this channel
receipt-dropped = { $count ->
    [one] { $count } unsupported claim dropped
   *[other] { $count } unsupported claims dropped
  }
receipt-masked = { $count ->
    [one] { $count } secret masked
   *[other] { $count } secrets masked
  }
fallback-named = By rules instead of the model: { $changes }
fallback-more = { $count } more
fallback-unavailable = the model's server did not answer
fallback-refused = the model's server does not let the bot in
fallback-digest-spent = this digest's budget was spent
fallback-day-spent = the day's budget was spent
fallback-unusable = the model's answer was of no use
model-unavailable = { $count ->
    [one] The model's server did not answer for { $count } change; the next digest of this period asks again.
   *[other] The model's server did not answer for { $count } changes; the next digest of this period asks again.
  }
model-refused = { $count ->
    [one] The model's server does not let the bot in, so { $count } change was not read by the model. The operator has to check the key and the model's name.
   *[other] The model's server does not let the bot in, so { $count } changes were not read by the model. The operator has to check the key and the model's name.
  }
model-digest-spent = { $count ->
    [one] The budget of this digest was spent before the model had read { $count } change.
   *[other] The budget of this digest was spent before the model had read { $count } changes.
  }
model-day-spent = { $count ->
    [one] The budget of the day was spent before the model had read { $count } change.
   *[other] The budget of the day was spent before the model had read { $count } changes.
  }
model-unusable = { $count ->
    [one] What the model said of { $count } change was of no use.
   *[other] What the model said of { $count } changes was of no use.
  }
analyst-rules = ranked by rules, without a model
analyst-model = by { $analyst }
usage-calls = { $count ->
    [one] { $count } call
   *[other] { $count } calls
  }
usage-tokens = { $count ->
    [one] { $count } token
   *[other] { $count } tokens
  }
# $cost is in US dollars, with two decimals
usage-cost = ${ $cost }
usage-cost-small = less than $0.01

## One change

position = 🔴 { $position }/{ $count }
authors = { $author } with { $others }
breaking = breaking
late = landed late
why-high = Why high
why-medium = Why medium
why-low = Why low
scope = Scope
insight = Insight
risks = Risks
advice = Do
conclusion = Conclusion
pull-request-closes = closes { $issues }
pull-request-reviewers = reviewed by { $people }
pull-request-milestone = milestone { $milestone }
pull-request-labels = labels { $labels }
risk = { $severity }: { $text } ({ $place })
brings = { $count ->
    [one] Brings { $count } commit
   *[other] Brings { $count } commits
  }
brings-more = and { $count } more
unread = The files could not be read: { $reason }

## The shape of a change

shape-empty = no files changed
shape-folder = { $count ->
    [one] { $count } file
   *[other] { $count } files
  } in { $folder }: { $files }
shape-more = { $count ->
    [one] { $count } more file
   *[other] { $count } more files
  }
shape-tests = { $count ->
    [one] { $count } test file
   *[other] { $count } test files
  }
file-marked = { $file } ({ $marks })
file-added = new
file-deleted = deleted
file-renamed = was { $previous }
file-copied = copied from { $previous }
file-type-changed = type changed
file-binary = binary
file-submodule = submodule
file-mode = mode changed

## The table of all commits

table-title = All commits, the oldest first
table-title-from = All commits, number { $number } and on
table-time = Time
table-author = Author
table-message = Message
table-commit = Commit

## The groups of the thread

group-medium = 🟡 { $area }
group-medium-none = 🟡 Elsewhere
group-low = 🟢 { $type }

## The report

report-contents = Contents
report-commits = Commits
report-tier = { $tier } ({ $count })
report-time-zone = Times are in { $zone }.

## What a source could not read

unread-missing-objects = the clone lacks some of its objects
unread-shallow-boundary = the clone is shallow and ends here
unread-timeout = reading them took too long
brought-incomplete = Some of the commits that a merge brought are not in the clone.
brought-limited = The merge `{ $sha }` brought { $count } commits; the newest { $kept } are listed.
messages-limited = { $count ->
    [one] The message of one commit is longer than { $kept } KB; what follows was not read.
   *[other] The messages of { $count } commits are longer than { $kept } KB; what follows was not read.
}
history-ends-early = The clone's history ends at `{ $sha }`; older changes are not in it.
repository-empty = The repository has no commits yet.
detached-head = No branch is checked out: the commit that is, was read.
# $sha is the commit that the branch pointed at when a channel was last served
former-tip-missing = The branch was at `{ $sha }` when it was last digested, and that commit is not to be had any more: what landed late since then cannot be told.
former-tip-replaced = The branch was rewritten since it was last digested at `{ $sha }`: what came in its place and is dated before this period is listed as landed late.

## What a code host says of a repository

name-means = { $name } is `{ $repository }`.
name-unchecked = Whether `{ $repository }` still has this name could not be checked: the host's API does not answer.
name-unchecked-limited = Whether `{ $repository }` still has this name could not be checked: the host's API answers again at { $reset }.
repository-renamed = `{ $old }` is called `{ $new }` now.
repository-archived = `{ $repository }` is archived: no more changes will land.
repository-private = `{ $repository }` is private.

## Which pull requests are missing, and why

pull-requests-plain = { $count ->
    [one] The reviewers and linked issues of { $count } change are not known, since it had to be asked about by itself.
   *[other] The reviewers and linked issues of { $count } changes are not known, since those had to be asked about one by one.
  }
pull-requests-unknown = { $host } does not have { $count } of the changes.
pull-requests-capped = { $count ->
    [one] The pull request of { $count } change was not asked for: one digest takes no more requests from { $host }.
   *[other] The pull requests of { $count } changes were not asked for: one digest takes no more requests from { $host }.
  }
pull-requests-capped-anonymous = { pull-requests-capped } With GITHUB_TOKEN set, all of them can be.
pull-requests-limited = { $count ->
    [one] The pull request of { $count } change is missing: the rate limit of { $host } is reached until { $reset }.
   *[other] The pull requests of { $count } changes are missing: the rate limit of { $host } is reached until { $reset }.
  }
pull-requests-limited-anonymous = { pull-requests-limited } Set GITHUB_TOKEN for a higher one.
pull-requests-slow-down = { $count ->
    [one] The pull request of { $count } change is missing: { $host } asks to slow down for a while.
   *[other] The pull requests of { $count } changes are missing: { $host } asks to slow down for a while.
  }
pull-requests-slow-down-anonymous = { pull-requests-slow-down } Set GITHUB_TOKEN for a higher limit.
pull-requests-unauthorised = { $count ->
    [one] The pull request of { $count } change is missing: { $host } does not accept the bot's token. The operator has to set another.
   *[other] The pull requests of { $count } changes are missing: { $host } does not accept the bot's token. The operator has to set another.
  }
pull-requests-forbidden = { $count ->
    [one] The pull request of { $count } change is missing: the bot's token may not read pull requests there.
   *[other] The pull requests of { $count } changes are missing: the bot's token may not read pull requests there.
  }
pull-requests-forbidden-anonymous = { $count ->
    [one] The pull request of { $count } change is missing: { $host } shows it to nobody without a token. Set GITHUB_TOKEN.
   *[other] The pull requests of { $count } changes are missing: { $host } shows them to nobody without a token. Set GITHUB_TOKEN.
  }
pull-requests-unavailable = { $count ->
    [one] The pull request of { $count } change is missing: the API of { $host } does not answer.
   *[other] The pull requests of { $count } changes are missing: the API of { $host } does not answer.
  }

## Why a change has its tier, in the words of the rule analyst

# $mark is what the author wrote: "feat!", "BREAKING CHANGE", "breaking"
reason-breaking = marked as breaking by its author (`{ $mark }`)
# $label is a label of the pull request
reason-label = labelled “{ $label }”
reason-security = concerns security
reason-fixes-corruption = fixes a corruption of data
reason-fixes-memory-error = fixes a memory error
reason-fixes-crash = fixes a crash
reason-fixes-hang = fixes a hang
reason-fixes-race = fixes a race
reason-fixes-leak = fixes a leak
reason-fixes-oom = fixes running out of memory
reason-fixes-regression = fixes a regression
reason-adds-endpoint = new endpoint `{ $name }`
reason-removes-endpoint = removes the endpoint `{ $name }`
reason-adds-flag = new flag `{ $name }`
reason-removes-flag = removes the flag `{ $name }`
reason-reads-variable = reads the environment variable `{ $name }`
# $name is the first of $count functions, classes or types
reason-adds-names = { $count ->
    [one] defines `{ $name }`
   *[other] adds { $count } definitions, `{ $name }` among them
  }
reason-removes-names = { $count ->
    [one] removes `{ $name }`
   *[other] removes { $count } definitions, `{ $name }` among them
  }
reason-deprecates = marks something as deprecated
# $what is a pull request (#17020) or a short commit name
reason-reverts = reverts { $what }
reason-revert = reverts an earlier change
reason-fix = bug fix
reason-fix-tested = bug fix with a test
reason-feature = new feature
reason-improvement = improvement
reason-performance = about performance
reason-refactoring = refactoring
reason-removal = removes something
reason-deprecation = deprecates something
reason-closes = closes { $issue }
# $where is a folder with its slash
reason-files-in = touches { $count ->
    [one] one source file in `{ $where }`
   *[other] { $count } source files in `{ $where }`
  }
reason-files = touches { $count ->
    [one] one source file
   *[other] { $count } source files
  }
reason-new-files = { $count ->
    [one] one new source file
   *[other] { $count } new source files
  }
reason-lines = { $count ->
    [one] one changed line of source
   *[other] { $count } changed lines of source
  }
reason-few-lines = { $count ->
    [0] no changed line of source
    [one] only one changed line of source
   *[other] only { $count } changed lines of source
  }
reason-documented = documented in the same change
reason-empty = changes no files
reason-release = release work
reason-dependency = dependency update
reason-dependency-bot = dependency update by a bot
reason-bot = made by a bot
reason-only-moves = { $count ->
    [one] moves one file without changing it
   *[other] moves { $count } files without changing them
  }
reason-only-tests = only tests
reason-only-benchmarks = only benchmarks
reason-only-changelog = only the changelog
reason-only-documentation = documentation only
reason-only-examples = only examples
reason-only-ci = only CI and project upkeep
reason-only-manifests = only dependency manifests
reason-only-build = only build files
reason-only-generated = only generated files
reason-only-comments = only comments
reason-no-source = touches no source
reason-chore = marked as a chore by its author
reason-merge = a merge that does not say what it brings
reason-tested = changes source and its tests
reason-ordinary = an ordinary change

## What becomes of a delivery

delivery-ended = Nothing more can be posted here: { $reason }
delivery-no-root = The first message could not be posted, and so nothing beneath it.
delivery-root-deleted = The first message of this digest was deleted, so nothing more is posted beneath it.
delivery-failed = { $count ->
    [one] One message could not be posted: { $reason }
   *[other] { $count } messages could not be posted: { $reason }
}
delivery-deleted = { $count ->
    [one] One message of this digest was deleted, and is not posted again.
   *[other] { $count } messages of this digest were deleted, and are not posted again.
}
delivery-unpinned = { $count ->
    [one] One message could not be pinned: { $reason }
   *[other] { $count } messages could not be pinned: { $reason }
}

## Subscriptions

subscriptions = { $count ->
    [0] No subscriptions
    [one] { $count } subscription
   *[other] { $count } subscriptions
  }
# $at is a time of day, $zone the IANA name of its zone
subscription-daily = daily at { $at } { $zone }
subscription-weekdays = on weekdays at { $at } { $zone }
subscription-weekly = every { $day } at { $at } { $zone }
subscription-language = in { $language }
subscription-silent = silent when nothing landed
subscription-of-file = written in digestbot.toml
subscription-paused = paused
subscription-waits = begins when digestbot runs
subscription-next = next { $moment }
# $moment has passed long ago
subscription-overdue = due since { $moment }, and not begun
subscription-last = last run { $moment }
subscription-last-well = last run { $moment } went well
subscription-error = The last run failed: { $error }
subscription-ended = The subscription { $id } has ended.
audience-interests = about { $what }
audience-exclude-bots = without bots
audience-exclude-authors = without the authors { $what }
audience-exclude-paths = without the paths { $what }
audience-exclude-types = without the types { $what }
audience-only-paths = only the paths { $what }

## How the bot is doing as a whole

status-running = Running: { $process }
status-running-several = Running: { $count } processes
status-not-running = Running: no process; start one with `digestbot run`
# $role is as `digestbot run --role` has it
status-role = role { $role }
status-up = for { $age }
status-lasting = for { $age }
status-model = Model: { $model }; today (UTC) { $taken }
status-no-model = Model: none is configured, so digests are ranked by rules; docs/model.md tells how to set one up
status-tokens-of = { $count } of { $limit } tokens
# $cost and $limit are in US dollars, with two decimals
status-cost-of = ${ $cost } of ${ $limit }
status-cost-unknown = at a cost that is not known
status-spent = Today's budget is spent: until midnight (UTC) digests are ranked by rules, and a search answers questions.
status-work = { $count ->
    [0] Work: nothing waits or is being made
    [one] Work: { $count } piece waits or is being made
   *[other] Work: { $count } pieces wait or are being made
  }
status-work-unknown = Work: what waits or is being made cannot be told
status-more = and { $count } more
errand-digest = a digest that somebody asked for
errand-subscription = a subscription that is due
errand-upgrade = a digest by rules, to be made again when the model is back
errand-question = a question in a thread
status-no-feedback = Tiers and answers: nothing to judge yet
status-tiers-unopposed = Tiers: { $shown } shown, none found too high or too low
# $agreed is a share, in percent
status-tiers = Tiers: { $shown } shown, { $agreed } agreed with; { $high } found too high, { $low } too low
status-answers = Answers: { $useful } found useful, { $useless } not
status-no-subscriptions = Subscriptions: none; make one with `digestbot subscribe`
status-subscriptions = Subscriptions: { $count }, { $troubled ->
    [0] none in trouble
   *[other] { $troubled } in trouble
  }
status-next-due = next due { $moment } { $zone }

## How the bot is doing for a channel

channel-model = The language model { $model } writes what is said of the changes.
channel-rules = No language model is configured: changes are ranked by rules.
# $digests are periods that lead to their threads
channel-last = last digest: { $digests }
channel-none-yet = no digest yet
channel-failed-too = { $count ->
    [one] { $count } more repository failed, too.
   *[other] { $count } more repositories failed, too.
  }
channel-owed = What landed meanwhile will be in the next digest.
channel-more = { $count } more: { $list } shows them.

## Memory across days

# $change is a pull request (#17020) or a short commit name
earlier-reverts = Reverts { $change } of { $day }: { $headline }
earlier-relands = Lands { $change } of { $day } again: { $headline }
earlier-fixes = Fixes { $change } of { $day }: { $headline }
noted-reverts = { $earlier } was reverted by { $change }
noted-relands = { $earlier } was landed again by { $change }
noted-fixes = { $earlier } was fixed by { $change }
remark-fixed-again = Fix number { $count } of `{ $path }` within a week

## In place of a digest

since = since { $ref }
stage-waiting = waiting for its turn
stage-fetch = fetching the repository
stage-collect = reading the changes
stage-rank = ranking the changes
stage-analyse = reading the changes
stage-counted = analysed { $done } of { $total }
notice-failed = There is no digest:
notice-cancelled = Cancelled. Ask again to have it after all.
notice-trouble = The digest that is due here could not be made. What landed meanwhile will be in the next one.
notice-stopped = it was stopped.
notice-traced = { $sentence } (id { $id })

## What can be asked for

# What each verb does and each parameter is; Discord takes no more than 100 characters
commands = Subscriptions, and how digests are doing
verb-digest = Post the ranked changes of repositories
verb-status = Show how the digests of this channel are doing
verb-cancel = Stop what is being made for this channel
verb-subscribe = Post a digest here regularly
verb-list = Show the subscriptions of this channel
verb-pause = Let a subscription rest
verb-resume = Let a subscription go on
verb-unsubscribe = End a subscription
verb-set = Change a subscription, or the time zone and language of this channel
verb-repos = Show which repositories can be asked for here
verb-help = Show what can be asked
parameter-repository = A name, owner/name, or the address of a repository; several with spaces between them
parameter-period = Days, or "since" a tag or a commit; today unless given
parameter-option = When, in which language, for whom: daily at 09:00 in Asia/Shanghai
parameter-id = The subscription, as the list calls it
parameter-name-repository = repository
parameter-name-period = period
parameter-name-option = option
parameter-name-id = id

## What is answered to people who ask

# $names are repositories as they were asked for
answer-heard = { $names }, { $period }: one moment.
answer-digest = { $repository }, { $period } in { $zone }.
answer-meant = { $name } is { $repository }; { $period } in { $zone }.
# The words that lead to the thread of a digest, within the three sentences below
answer-thread = this thread
answer-done = It is in { $thread }.
answer-begun = What has landed since is added to { $thread }.
answer-under-way = It is being made in { $thread }.
work-waiting = waiting
work-running = being made
answer-status = { $count ->
    [0] Nothing is being made here.
    [one] { $count } digest is being made here.
   *[other] { $count } digests are being made here.
  }
answer-cancelled = { $count ->
    [0] There is nothing to cancel here.
    [one] { $count } digest was cancelled.
   *[other] { $count } digests were cancelled.
  }
# The count is not shown: the last item may stand for many
answer-repositories = These repositories can be asked for:
answer-any-repository = any public repository of { $host }, by name or owner/name
answer-channel = This channel reads in the time zone { $timezone } and the language { $language }; “–” is what each person has set.
answer-help = What can be asked:
answer-periods = Periods: { $periods }.
answer-options = Without a verb, a digest is meant. A subscription takes daily, weekdays or weekly friday, at 09:00, in Asia/Shanghai, language zh, about …, exclude …, only …, pins none, quiet silence.
answer-no-questions = Questions are answered in the threads of digests; { $help } shows what else can be asked.
answer-operator = The bot is not set up for this. Whoever runs it finds the reason in its log.
answer-fault = The bot has a fault, and could not do this. Whoever runs it finds the reason in its log.

## What is said within an answer to a question

two-sentences = { $first } { $second }
answer-silent = What was read here does not say.
answer-silent-beyond = Beyond that, what was read here does not say.
# What would tell
tells-discussion = The discussion of the pull request or the issue may tell.
tells-run = Only a run would tell: a measurement, or its log.
tells-code = Code that these changes do not touch would tell.
tells-older = Changes of other days may tell.
tells-author = Whoever wrote the change would know.
tells-unknown = A question that names a change, a file or a day may find more.
answer-left-out = { $count ->
    [one] One sentence was left out: what was read does not bear it out.
   *[other] { $count } sentences were left out: what was read does not bear them out.
  }
answer-broken = The language model broke off here. Ask again for the rest.
answer-cut = The answer is longer than it may be, and ends here. Ask for the rest.
answer-spent = The model has been used as much as it may be, so the answer ends here.
answer-no-model = No language model is configured, so a search answers.
answer-search-unavailable = The language model does not answer now, so a search does.
answer-search-refused = The language model cannot be used, so a search answers. Whoever runs the bot finds the reason in its log.
answer-search-spent = The language model has been used as much as it may be, so a search answers.
answer-search-unusable = The language model had no answer to this, so a search answers.
answer-matches = These changes match:
answer-no-match = No change that is known here matches.
asked-too-often-by-user = More than { $count } questions within an hour are too many for one person. Ask again later.
asked-too-often-in-thread = More than { $count } questions within an hour are too many for one thread. Ask again later.

## What is answered to commands in a thread

# Why there is no model's analysis in full depth
fallback-no-model = no language model is configured
more-without = Only what the rules say is shown: { $reason }.
why-none = No change of this digest has that tier.
why-nothing = no reason was given.
rated-too-high = Noted: { $tier } is too high for { $change }. Later digests of this channel take it as an example.
rated-too-low = Noted: { $tier } is too low for { $change }. Later digests of this channel take it as an example.
diff-in-part = Only a part of it is shown.
diff-none = The change does nothing of which there is text under that name.
diff-unreadable = The diff cannot be read now. Try again later.

answer-waiting = Reading…
answer-no-digest = The digest of this thread is not kept any more. Ask for it again, and then in its thread.
judged = Thank you: that is noted.
judged-nothing = Nothing was answered here yet.
judged-too-late = This answer is not kept any more, so nothing could be noted.
button-useful = Useful
button-useless = Not useful
