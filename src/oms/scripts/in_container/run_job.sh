# shellcheck shell=sh
# The job of docker_init.sh: DIRECTORY. `mkdir` decides who started it. The job's own files are private; the script gets
# the container's umask back, or its components could not read what it writes for them.
mask=$(umask)
umask 077
mkdir "$1" || exit 0
cd "$1" || exit 1
# Field 22 of /proc/PID/stat is the start time: a pid alone may be somebody else's later (proc(5)). On a full disk files
# stay empty: what cannot write its pid is not started, and an exit status that cannot be written is none.
if ! { echo "$$ $(cut -d' ' -f22 "/proc/$$/stat")" >pid.tmp && [ -s pid.tmp ] && mv pid.tmp pid; }; then
  cd / && rm -rf -- "$1"
  exit 1
fi
# A marker of an earlier time proves nothing.
if [ -e /root/init_flag.txt ]; then mv /root/init_flag.txt init_flag.before; fi
date +%s.%N >started
(umask "$mask" && cd /root && exec bash ./docker_init.sh) >output 2>&1 </dev/null
echo $? >rc.tmp
date +%s.%N >ended
if [ -s /root/init_flag.txt ]; then : >init_flag.after; fi
sync rc.tmp output
[ -s rc.tmp ] && mv rc.tmp rc
