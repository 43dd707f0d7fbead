# docker build -t fleetsim .
# docker run --rm -v "$PWD:/data" fleetsim run quickstart
FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY scenarios scenarios
COPY simulator simulator
RUN python -m venv --without-pip /opt/fleetsim
RUN pip --python /opt/fleetsim install --quiet --no-cache-dir --disable-pip-version-check .

FROM python:3.12-slim
COPY --from=build /opt/fleetsim /opt/fleetsim
# Whoever it runs as, such as the owner of a mounted folder, may write their results here.
RUN mkdir --mode 1777 /data && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin fleetsim
ENV PATH="/opt/fleetsim/bin:$PATH" PYTHONUNBUFFERED=1
USER fleetsim
WORKDIR /data
ENTRYPOINT ["fleetsim"]
CMD ["--help"]
