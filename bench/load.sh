# shellcheck shell=bash disable=SC2046
# Sourced by bench/run: starts the mock upstream and Weir alone, and sends load. Uses scratch, state, results, pinned, weir.
load=$scratch/harness/out/aibench/aibench
core() { if [[ $pinned == 1 ]]; then echo "taskset -c $1"; fi; }

start_alone() {
  $(core 0) "$load" mock --port 9100 & mock_pid=$!
  $(core 1) $GW_CMD >"$state/weir.log" 2>&1 & weir_pid=$!
  trap 'kill $weir_pid $mock_pid 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$state"' EXIT
  local _
  for _ in $(seq 100); do
    (exec 3<>/dev/tcp/127.0.0.1/8080) 2>/dev/null && break
    kill -0 "$weir_pid" || { cat "$state/weir.log" >&2; exit 1; }
    sleep 0.1
  done
}

stop_alone() {
  kill "$weir_pid" "$mock_pid" 2>/dev/null || true
  wait "$weir_pid" "$mock_pid" 2>/dev/null || true
  trap 'rm -rf "$state"' EXIT
}

send() { # mode, model suffix, arguments...
  $(core 0) timeout 300 "$load" "$1" --port "$GW_PORT" --key "$GW_KEY" --model "$GW_MODEL$2" --target gw --pid "$weir_pid" --mock "$mock_pid" "${@:3}"
}
