# shellcheck shell=sh
# The marker of the container as it was before the first of the jobs in DIRECTORY, DIRECTORY.1 and so on.
first=$1.1
[ -d "$first" ] || first=$1
if [ -e "$first/init_flag.before" ]; then
  cp -p "$first/init_flag.before" /root/init_flag.txt
elif [ -d "$first" ]; then
  rm -f /root/init_flag.txt
fi
