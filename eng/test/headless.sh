#!/bin/bash
# Publishes tests/Weir.Headless with NativeAOT and lets it answer one request. Prints "ok" or "not ok" for each check.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
out=$PWD/artifacts/headless
log=$PWD/artifacts/test/headless-publish.log
mkdir -p "$(dirname "$log")"

# Its own artifacts folder and lock files: the native packs of one platform are not part of what the checkout pins.
if ! dotnet publish tests/Weir.Headless -c Release --use-current-runtime --artifacts-path "$out" -v quiet -nodeReuse:false \
  -p:UseSharedCompilation=false -p:ScratchLocks="$out/locks" >"$log" 2>&1; then
  grep -E 'error|warning' "$log" | sort -u | head -30
  echo "not ok the headless gateway publishes as native code"
  exit 1
fi
if grep -qE 'warning (IL|CS|CA|NU|NETSDK)' "$log"; then
  grep -E 'warning' "$log" | sort -u | head -30
  echo "not ok the publish has no trim or AOT warning"
else
  echo "ok the publish has no trim or AOT warning"
fi

exe=$(find "$out/publish/Weir.Headless" -name Weir.Headless -type f -perm -u+x | head -1)
[[ -n $exe ]] || { echo "not ok the publish leaves an executable"; exit 1; }
if head -c 4 "$exe" | grep -q ELF && ! [[ -f $(dirname "$exe")/Weir.Gateway.dll ]]; then
  echo "ok the executable is native code ($(du -h "$exe" | cut -f1))"
else
  echo "not ok the executable is native code"
fi
if timeout 60 "$exe"; then echo "ok the native gateway answers a request"; else echo "not ok the native gateway answers a request"; fi
