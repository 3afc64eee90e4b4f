# Builds the image of digestbot: `docker build --tag digestbot .`; docs/operate.md says how it is run.
#
# Whatever is installed from Python is locked by its hash. The base is pinned by its version; who wants to pin its
# content too gives it with its digest: `--build-arg PYTHON=python:…@sha256:…`.
ARG PYTHON=python:3.11.15-slim-bookworm

FROM ${PYTHON} AS build
WORKDIR /src
COPY requirements.txt ./
RUN python -m venv --without-pip /opt/digestbot \
    && python -m pip --python /opt/digestbot/bin/python install --no-cache-dir --require-hashes --requirement requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY adapters adapters
COPY bot bot
COPY prompts prompts
RUN python -m pip --python /opt/digestbot/bin/python install --no-cache-dir --no-deps --no-build-isolation .

FROM ${PYTHON}
# git is not pinned: a version of it is gone from Debian as soon as there is one with a hole less.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/digestbot --shell /usr/sbin/nologin digestbot \
    && install --directory --owner digestbot --group digestbot --mode 700 /var/lib/digestbot \
    && install --directory --mode 755 /etc/digestbot
COPY --from=build /opt/digestbot /opt/digestbot
ENV PATH=/opt/digestbot/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DIGESTBOT_DATA_DIR=/var/lib/digestbot
USER 10001:10001
VOLUME /var/lib/digestbot
# Where digestbot.toml is looked for.
WORKDIR /etc/digestbot
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["digestbot", "health"]
ENTRYPOINT ["digestbot"]
CMD ["run"]
