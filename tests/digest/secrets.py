"""Secrets that are none, of every kind that is masked: made up, and put together only when they are needed."""


def _joined(*parts: str) -> str:
    """Return a secret that stands nowhere as a whole, so that nobody's scanner takes it for one."""
    return "".join(parts)


_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_SECRETS = {
    "password": ('password = "{}"', "hunter2"),
    "password with spaces": ("'db_password': '{}',", "correct horse battery staple"),
    "password in the environment": ("export DB_PASSWORD={}", "letmein"),
    "password in settings": ("  password: {}", "s3cr3t!pass"),
    "password with a type": ('password: str = "{}"', "hunter2"),
    "password in a connection string": ('c = "Server=db;User Id=sa;Password={};Timeout=3"', "Sup3rSecret"),
    "password in an address": ('url = "postgresql+asyncpg://app:{}@db.example.org/x"', "p4ss@w0rd"),
    "AWS key": ("x = {}", _joined("AKIA", "IOSFODNN7EXAMPLE")),
    "AWS secret": ('aws_secret_access_key = "{}"', "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    "GitHub": ("git clone x {}", _joined("ghp", "_", _LETTERS)),
    "GitHub, fine-grained": ("x = {}", _joined("github", "_pat_", "11ABCDEFG0abcdefghijkl_", _LETTERS)),
    "GitLab": ("x: {}", _joined("glpat", "-", "abcdefghij1234567890")),
    "Slack": ('"{}"', _joined("xoxb", "-123456789012-123456789012-", "abcdefABCDEF123456789012")),
    "Slack hook": ("see {}", _joined("https://hooks.slack.com/", "services/T00000000/B00000000/", "X" * 24)),
    "Discord": ("d({})", _joined("MTk4NjIyNDgzNDcxOTI1MjQ4", ".Cl2FMQ.", "ZnCjm1XVW7vRze4b7Cq4se7kKWs")),
    "Telegram": ("bot {}", _joined("123456789", ":", "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1")),
    "Stripe": ("k = {}", _joined("sk_", "live_", "abcdefghijklmnopqrstuvwx")),
    "OpenAI": ("'{}'", _joined("sk-", "proj-", "abcDEF123456abcDEF123456")),
    "Google": ("k = {}", _joined("AIza", "SyA1234567890abcdefghijklmnopqrstuv")),
    "Hugging Face": ("k = {}", _joined("hf_", "abcdefghijklmnopqrstuvwxyzABCDEFGH")),
    "npm": ("//registry.example.org/:_authToken={}", _joined("npm", "_", _LETTERS)),
    "PyPI": ("p {}", _joined("pypi-", "AgEIcHlwaS5vcmc", _LETTERS * 2)),
    "SendGrid": ("s {}", _joined("SG.", "abcdefghijklmnopqrstuv", ".", _LETTERS, "abcdefg")),
    "Azure": ("Protocol=https;AccountKey={}", _joined("abcdABCD0123" * 7, "ab==")),
    "JWT": (
        "x = {}",
        _joined("eyJhbGciOiJIUzI1NiJ9", ".eyJzdWIiOiIxMjM0NTY3ODkwIn0.", "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"),
    ),
    "bearer": ("Authorization: Bearer {}", "abcdef0123456789abcdef"),
    "query": ('curl "https://x.example.org/y?api_key={}&z=1"', "abc123def456"),
    "token": ('"token": "{}"', "a8f5f167f44f4964e6c998dee827110c"),
    "argument": ('setenv("API_TOKEN", "{}")', "abc123abc123xyz789"),
    "nameless": ('x = "{}"', "q7Zb2LxT9vKpW4sNcR8mYd3HfJ6gQ1aE"),
}
PLANTED = [(kind, line.replace("{}", secret), secret) for kind, (line, secret) in _SECRETS.items()]
"""The kind of a secret, a line that holds one, and the secret itself."""

_BODY = ["MIIEpAIBAAKCAQEA7bq9Zz0cWJ5rX2lFv8yTnKp3sHdQwRgUeMoLkBjVxNzCiYfA", "b" * 32 + "A1" * 16, "QmFzZTY0"]
_BEGIN, _END = _joined("-----BEGIN RSA ", "PRIVATE KEY-----"), _joined("-----END RSA ", "PRIVATE KEY-----")
PRIVATE_KEYS = [
    "\n".join([_BEGIN, *_BODY, _END]),
    "\n".join([_BEGIN, "Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-256-CBC,0123456789ABCDEF", "", *_BODY, _END]),
    "\n".join(f'    "{line}\\n"' for line in [_BEGIN, *_BODY, _END]),
    '"key": "' + "\\n".join([_BEGIN, *_BODY, _END, '"']),
    "\n".join([_BEGIN, *_BODY]),
    "\n".join(["PuTTY-User-Key-File-2: ssh-rsa", "Private-Lines: 3", *_BODY]),
]
