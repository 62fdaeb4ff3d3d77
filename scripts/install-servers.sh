#!/usr/bin/env bash
# Installs the servers of queues, Slurm, GNU parallel and what faults are played with from the system's own packages; the tests of clusters start them on loopback by
# themselves: test/cluster skips without them, and with TUTTI_REQUIRE_SERVERS=1 fails. Nothing is started as a service. Debian and Ubuntu.
set -euo pipefail

missing=()
[ -x "$(command -v redis-server)" ] || missing+=(redis-server)
compgen -G '/usr/lib/postgresql/*/bin/initdb' > /dev/null || missing+=(postgresql)
[ -x "$(command -v slurmctld)" ] || missing+=(slurmctld slurmd slurm-client)
[ -x "$(command -v parallel)" ] || missing+=(parallel)
[ -x "$(command -v openssl)" ] || missing+=(openssl)
# Clocks that differ, and hosts in network namespaces: test/cluster/faults.
compgen -G '/usr/lib/*/faketime/libfaketime.so.1' > /dev/null || missing+=(faketime)
[ -x "$(command -v ip)" ] || missing+=(iproute2)
if [ ${#missing[@]} -gt 0 ]; then
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
  # Debian's scripts of installation start services and make a first database, unless they are told not to.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" > /dev/null
    "${as_root[@]}" chmod +x "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
  fi
  "${as_root[@]}" apt-get update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
fi
redis-server --version
"$(compgen -G '/usr/lib/postgresql/*/bin/postgres' | sort -V | tail -n 1)" --version
