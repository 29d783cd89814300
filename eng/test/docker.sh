#!/bin/bash
# Builds deploy/docker/Dockerfile and runs the image: read-only, non-root, no capability. Prints "ok" or "not ok" for each check.
# Where no registry can be reached, the two base images are made from Debian packages and the SDK of this machine.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
work=$(mktemp -d "${TMPDIR:-/tmp}/weir-docker.XXXXXX")
socket=$work/docker.sock
port=${WEIR_DOCKER_PORT:-4417}
key=sk-$(head -c 12 /dev/urandom | od -An -tx1 | tr -d ' \n')
daemon=
failures=0

docker() { command docker -H "unix://$socket" "$@"; }
check() { # name, command...
  local name=$1; shift
  if "$@" >"$work/check.log" 2>&1; then echo "ok $name"; else echo "not ok $name"; tail -20 "$work/check.log"; failures=$((failures + 1)); fi
}
finish() {
  if [[ -n $daemon ]]; then
    docker rm -f weir >/dev/null 2>&1
    kill "$daemon" 2>/dev/null; wait "$daemon" 2>/dev/null
  fi
  awk -v below="$work/" 'index($2, below) == 1 {print $2}' /proc/mounts | sort -r | while read -r mount; do umount "$mount" 2>/dev/null; done
  rm -rf "$work"
}
trap finish EXIT

((EUID == 0)) || { echo "skip the container image (starting a docker daemon needs root)"; exit 0; }
# Its own daemon, which touches no network setting and no other daemon's images.
mkdir -p "$work/data" "$work/exec"
start_daemon() { # storage driver
  dockerd --iptables=false --ip6tables=false --bridge=none --storage-driver="$1" --data-root "$work/data" --exec-root "$work/exec" \
    -H "unix://$socket" -p "$work/pid" >"$work/dockerd.log" 2>&1 &
  daemon=$!
  for _ in $(seq 150); do
    docker version >/dev/null 2>&1 && return 0
    kill -0 "$daemon" 2>/dev/null || break
    sleep 0.2
  done
  kill "$daemon" 2>/dev/null; wait "$daemon" 2>/dev/null; daemon=
  return 1
}
# overlay2 shares layers; vfs copies them, and works where an overlay cannot be mounted.
start_daemon overlay2 || start_daemon vfs || { tail -20 "$work/dockerd.log"; echo "not ok the docker daemon starts"; exit 1; }

mirror=$(sed -nE 's/^URIs: *([^ ]+).*/\1/p; s/^deb +(\[[^]]*\] +)?([^ ]+) .*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -1)
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
dotnet_root=$(dirname "$(readlink -f "$(command -v dotnet)")")
packages=${NUGET_PACKAGES:-$HOME/.nuget/packages}
base=artifacts/docker-base.tar
if [[ ! -f $base ]]; then
  if ! debootstrap --variant=minbase --include=ca-certificates,libssl3,libstdc++6,tzdata "$suite" "$work/root" "$mirror" >"$work/debootstrap.log" 2>&1; then
    tail -20 "$work/debootstrap.log"; echo "not ok a Debian base for the images"; exit 1
  fi
  rm -rf "$work/root/var/cache/apt" "$work/root/var/lib/apt/lists"
  mkdir -p artifacts && tar -C "$work/root" -cf "$base.new" . && mv "$base.new" "$base"
fi
mkdir -p "$work/root" && tar -C "$work/root" -xf "$base"
mkdir -p "$work/root/usr/share/dotnet"
cp -r "$dotnet_root/dotnet" "$dotnet_root/host" "$dotnet_root/shared" "$work/root/usr/share/dotnet/"
ln -s ../share/dotnet/dotnet "$work/root/usr/bin/dotnet"
# The build inside the image sees no network: what it restores has to be in the cache that is copied into the image.
if ! dotnet restore src/Weir.Server --use-current-runtime -p:PublishReadyToRun=true --artifacts-path "$work/restore" \
  -p:ScratchLocks="$work/restore/locks" >"$work/restore.log" 2>&1; then
  tail -20 "$work/restore.log"; echo "not ok the packages of the image are restored"; exit 1
fi
tar -C "$work/root" -cf - . | docker import - weir-test/runtime:1 >/dev/null || { echo "not ok the runtime image"; exit 1; }
for part in sdk sdk-manifests packs templates; do
  [[ -d $dotnet_root/$part ]] && cp -r "$dotnet_root/$part" "$work/root/usr/share/dotnet/"
done
mkdir -p "$work/root/root/.nuget/NuGet" && cp -r "$packages" "$work/root/root/.nuget/packages"
# The cache is the only feed: a lower bound that was never published makes a restore ask a feed, and inside there is no network.
cat > "$work/root/root/.nuget/NuGet/NuGet.Config" <<'FEED'
<configuration><packageSources><clear /><add key="cache" value="../packages" /></packageSources></configuration>
FEED
tar -C "$work/root" -cf - . | docker import - weir-test/sdk:1 >/dev/null || { echo "not ok the SDK image"; exit 1; }
rm -rf "$work/root"

if ! DOCKER_BUILDKIT=0 docker build --network none --build-arg BUILD=weir-test/sdk:1 --build-arg BASE=weir-test/runtime:1 \
  -f deploy/docker/Dockerfile -t weir:test . >"$work/build.log" 2>&1; then
  tail -40 "$work/build.log"; echo "not ok the image builds"; exit 1
fi
echo "ok the image builds"

mkdir -p "$work/config" "$work/state" && chown 1654 "$work/state"
cat > "$work/config/config.yaml" <<CONFIG
model_list:
  - model_name: greeter
    litellm_params:
      model: openai/greeter
      api_key: sk-not-used
      mock_response: hello from the container
CONFIG
chmod -R a+rX "$work/config"; chmod a+rx "$work"
docker run -d --name weir --network host --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
  -e LITELLM_MASTER_KEY="$key" -v "$work/config:/config:ro" -v "$work/state:/data" \
  weir:test serve --config /config/config.yaml --host 127.0.0.1 --port "$port" >"$work/run.log" 2>&1 || { cat "$work/run.log"; echo "not ok the container starts"; exit 1; }
get() { curl -fsS --max-time 5 "$@"; }
for _ in $(seq 60); do get "http://127.0.0.1:$port/health/liveliness" >/dev/null 2>&1 && break; sleep 0.5; done
alive() { get "http://127.0.0.1:$port/health/liveliness"; }
ready() { get "http://127.0.0.1:$port/health/readiness"; }
answers() {
  get -H "Authorization: Bearer $key" -H 'Content-Type: application/json' "http://127.0.0.1:$port/v1/chat/completions" \
    -d '{"model":"greeter","messages":[{"role":"user","content":"hello"}]}' | grep -q 'hello from the container'
}
refuses() { [[ $(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/v1/models") == 401 ]]; }
not_root() { [[ $(docker exec weir id -u) == 1654 ]]; }
read_only() { docker exec weir true && ! docker exec weir touch /app/mark && ! docker exec weir touch /mark; }
drains() { docker exec weir true && docker stop -t 20 weir && [[ $(docker inspect -f '{{.State.ExitCode}}' weir) == 0 ]]; }
quiet() { ! docker logs weir 2>&1 | grep -F "$key"; }
check "the container is alive" alive
check "the container is ready" ready
check "the container answers a chat completion" answers
check "the container refuses a caller without a key" refuses
check "the process is not root" not_root
check "the file system is read-only" read_only
check "the log holds no key" quiet
check "docker stop drains and ends with 0" drains
if ((failures)); then docker logs weir 2>&1 | tail -30; exit 1; fi
