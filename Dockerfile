FROM swift:6.3-bookworm AS build
RUN apt-get update && apt-get install -yq --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /kindred
COPY . .
RUN make build && cd "$(swift build -c release --show-bin-path)" && cp annotate infer train /usr/local/bin/

FROM debian:bookworm-slim
RUN apt-get update && apt-get install -yq --no-install-recommends \
    libsqlite3-0 libsimdjson14 libpng16-16 libturbojpeg0 libexif12 libfreetype6 fonts-dejavu-core libssl3 zlib1g libtorch1.13 libopenblas0 libmatio11 libgomp1 ffmpeg curl ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/bin/annotate /usr/local/bin/infer /usr/local/bin/train /usr/local/bin/
WORKDIR /data
ENTRYPOINT ["annotate"]
