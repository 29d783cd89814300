# Sourced by bench/run: the figures that only Weir has, such as the tail while its configuration reloads twice a second.
source "$here/load.sh"
start_alone
for _ in 1 2 3; do send max "" --conns 64 --seconds 3 >/dev/null; done
for round in $(seq "$rounds"); do
  send rate "" --rate 1000 --conns 512 --seconds 5 --tag "r$round-steady" >>"$results/reload.jsonl"
  while sleep 0.5; do
    # A change that matters each time, so that a reload cannot be skipped.
    { cat "$here/config.yaml"; echo "# $(date +%s%N)"; } >"$state/config.new" && mv "$state/config.new" "$state/config.yaml"
    kill -HUP "$weir_pid"
  done & changer=$!
  send rate "" --rate 1000 --conns 512 --seconds 5 --tag "r$round-reloading" >>"$results/reload.jsonl"
  kill "$changer" 2>/dev/null || true; wait "$changer" 2>/dev/null || true
done
stop_alone
