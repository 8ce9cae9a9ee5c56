#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright the libprof authors
#
# pprof.sh GEN_PPROF BENCH_PPROF GOOGLE_PPROF [N_SAMPLES]: how long libprof takes to read and write a
# big profile, three times, and google/pprof to read the same file once. google/pprof needs 3 GB of
# memory and most of a minute for the default of 1,000,000 samples.
set -euo pipefail

gen_pprof=$1 bench_pprof=$2 google_pprof=$3 n_samples=${4:-1000000}
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
big=$directory/big.pb.gz

"$gen_pprof" "$big" "$n_samples"
echo "$n_samples samples, $(stat -c %s "$big") bytes, $(zcat "$big" | wc -c) bytes raw"
for _ in 1 2 3; do
  "$bench_pprof" "$big" "$directory/written.pb.gz"
done
"$bench_pprof" "$directory/written.pb.gz" "$directory/again.pb.gz" >/dev/null
cmp "$directory/written.pb.gz" "$directory/again.pb.gz"
echo "what was written is read and written again to the same bytes"

# The seconds and the memory of google/pprof -raw, which reads and prints.
python3 - "$google_pprof" "$big" <<'PYTHON'
import resource, subprocess, sys, time
start = time.monotonic()
subprocess.run([sys.argv[1], '-symbolize=none', '-raw', '-output=/dev/null', sys.argv[2]],
               check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
seconds = time.monotonic() - start
megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(f'google/pprof -raw: {seconds:.1f} s, {megabytes} MB peak')
PYTHON
