# Sourced by ./test: what each part needs and how its results are counted.
# Uses from ./test: logs, passed, failed, skipped, broken.

apt_missing() { # prints those of the named packages that are not installed
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
  done
}

apt_install() {
  local missing sudo=
  missing=$(apt_missing "$@")
  [[ -z $missing ]] && return 0
  command -v apt-get >/dev/null || { echo "please install: $(echo $missing)" >&2; return 1; }
  ((EUID == 0)) || sudo=sudo
  echo "installing $(echo $missing)"
  # shellcheck disable=SC2086  # the names are meant to be split
  if ! $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >"$logs/apt.log" 2>&1; then
    { $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing; } \
      >>"$logs/apt.log" 2>&1 || { tail -5 "$logs/apt.log" >&2; return 1; }
  fi
}

prepare() {
  local part projects=
  for part in "$@"; do
    case $part in
      headless) apt_install clang zlib1g-dev || return 1 ;;
      docker) apt_install docker.io debootstrap curl || return 1 ;;
      # promtool judges the metrics page.
      Weir.Gateway.Tests) projects=1; apt_install prometheus || return 1 ;;
      # The tests start servers of their own from it; the cluster that the package makes is not used.
      Weir.Storage.Tests | Weir.EndToEnd) projects=1; apt_install postgresql || return 1 ;;
      *) projects=1 ;;
    esac
  done
  [[ -n $projects ]] || return 0
  local target=Weir.slnx began=$SECONDS
  # One test project asked for: build that one only.
  (($# == 1)) && [[ -n $projects ]] && target=$(project_file "$1")
  mkdir -p artifacts
  (
    flock 9
    dotnet build "$target" -c Release -v quiet -nodeReuse:false -p:UseSharedCompilation=false >"$logs/build.log" 2>&1 9>&-
  ) 9>artifacts/.build.lock || {
    grep -E 'error|warning' "$logs/build.log" | sort -u | head -40
    echo "the build failed; the whole log is in $logs/build.log"
    return 1
  }
  echo "built $target in $((SECONDS - began)) s"
}

project_file() { find tests -name "$1.csproj" -not -path '*/node_modules/*' | head -1; }

# Adds a part's result: name, passed, failed, skipped.
count() {
  local name=$1 p=$2 f=$3 s=$4 note=
  if [[ ${CI:-} == true ]] && ((s > 0)); then
    f=$((f + s)); note=" (a skip is a failure in CI)"; s=0
  fi
  passed=$((passed + p)); failed=$((failed + f)); skipped=$((skipped + s))
  ((f > 0)) && broken+=("$name")
  printf '%-34s %5d passed %4d failed %4d skipped  %4d s%s\n' "$name" "$p" "$f" "$s" "$((SECONDS - part_began))" "$note"
}

# A part that did not report is one failure, never nothing.
crashed() {
  local name=$1 why=$2 log=$3
  [[ -f $log ]] && tail -30 "$log"
  echo "$name: $why"
  count "$name" 0 1 0
}

run_part() {
  local part_began=$SECONDS
  case $1 in
    headless) run_script headless eng/test/headless.sh ;;
    docker) run_script docker eng/test/docker.sh ;;
    *) run_project "$1" ;;
  esac
}

run_project() {
  local name=$1 log=$logs/$1.log file exe status chosen=()
  [[ -n ${WEIR_SOAK:-} ]] || chosen=(--filter-not-trait Run=soak)
  file=$(project_file "$name")
  exe=$(dirname "$file")/bin/Release/net10.0/$name
  [[ -x $exe ]] || { crashed "$name" "its executable was not built ($exe)" /dev/null; return; }
  timeout --kill-after=20 "${WEIR_TEST_LIMIT_S:-1200}" "$exe" --no-ansi --progress off --seed "$WEIR_SEED" "${chosen[@]}" >"$log" 2>&1 </dev/null
  status=$?
  local t f s k
  t=$(summary total "$log"); f=$(summary failed "$log"); s=$(summary succeeded "$log"); k=$(summary skipped "$log")
  if ((status == 124 || status == 137)); then
    crashed "$name" "still running after ${WEIR_TEST_LIMIT_S:-1200} s, stopped" "$log"; return
  fi
  if [[ -z $t || -z $f || -z $s ]]; then
    crashed "$name" "the runner ended with status $status and no summary" "$log"; return
  fi
  k=${k:-0}
  if ((t == 0 || s + f + k != t)); then
    crashed "$name" "the runner found $t tests ($s succeeded, $f failed, $k skipped)" "$log"; return
  fi
  # A runner that failed without a failed test (a crash in the tear-down) counts as one.
  ((status != 0 && f == 0 && !(status == 8 && k == t))) && { echo "$name: the runner ended with status $status"; tail -20 "$log"; f=1; s=$((s > 0 ? s : 0)); }
  ((f > 0)) && failures "$log"
  if ((k > 0)); then grep -E '^ *skipped ' "$log" | head -20; fi
  count "$name" "$s" "$f" "$k"
}

summary() { sed -nE "s/^ *$1: *([0-9]+).*/\1/p" "$2" | tail -1; }

failures() { # the failed tests with their messages, not the whole log
  awk '/^ *failed /{show=1} /^ *(passed|skipped) |^Test run summary/{show=0} show' "$1" | head -200
}

# A script that prints "ok NAME", "not ok NAME" or "skip NAME" for each of its checks.
run_script() {
  local name=$1 log=$logs/$1.log status p f s
  timeout --kill-after=20 1200 bash "$2" >"$log" 2>&1 </dev/null
  status=$?
  p=$(grep -c '^ok ' "$log"); f=$(grep -c '^not ok ' "$log"); s=$(grep -c '^skip ' "$log")
  if ((p + f + s == 0 || (status != 0 && f == 0))); then
    crashed "$name" "ended with status $status before its checks were done" "$log"; return
  fi
  ((f > 0)) && tail -40 "$log"
  count "$name" "$p" "$f" "$s"
}
