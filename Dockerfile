# Wenzhai in a container. The folder that `wenzhai init` made is the volume:
#   docker build --tag=wenzhai .
#   docker run --rm -v ~/digests:/digests --user "$(id -u):$(id -g)" wenzhai run
# Not built during development: no Docker engine was at hand. For a build that never changes, pin the image by its digest.
FROM python:3.13-slim AS build
COPY . /source
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels /source

FROM python:3.13-slim
# hadolint ignore=DL3013
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    set -- /wheels/*.whl && pip install --no-cache-dir "$1[send]" \
    && useradd --create-home --uid 1000 wenzhai \
    && mkdir /digests && chown wenzhai:wenzhai /digests
USER 1000:1000
WORKDIR /digests
VOLUME /digests
# Healthy: the config and the stage files can be read.
HEALTHCHECK --interval=10m --timeout=1m CMD ["wenzhai", "status"]
ENTRYPOINT ["wenzhai"]
CMD ["run"]
