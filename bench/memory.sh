# Sourced by bench/run: mixed load for some minutes; memory after each slice, and how it grows once warm.
source "$here/load.sh"
start_alone
ends=$((SECONDS + minutes * 60))
slice=0
while ((SECONDS < ends)); do
  case $((slice % 4)) in
    0) send max "" --conns 256 --seconds 5 --tag "s$slice" ;;
    1) send rate "" --rate 500 --conns 512 --seconds 5 --tag "s$slice" ;;
    2) send stream "-t64-i0" --conns 16 --seconds 5 --tokens 64 --tag "s$slice" ;;
    3) send max "" --conns 8 --body 300000 --seconds 5 --tag "s$slice" ;;
  esac >>"$results/memory.jsonl"
  echo "$SECONDS $(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$weir_pid/status")" >>"$results/memory.txt"
  slice=$((slice + 1))
done
stop_alone
machine > "$results/machine.txt"
node "$here/report.mjs" --memory "$results" | tee "$results/memory.md"
