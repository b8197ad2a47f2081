# shellcheck shell=sh
# Exits 0 when the process that the job in DIRECTORY has recorded lives.
read -r pid start <"$1/pid" && [ "$(cut -d' ' -f22 "/proc/$pid/stat")" = "$start" ]
