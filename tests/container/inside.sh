# What is checked inside the image, where it is started. ENTRYPOINT, COMMAND and HEALTHCHECK are quoted words, IDS is
# the number of the user and of the group, VOLUME is where data is.
wrong=0

check() {
    if sh -c "$2" >/tmp/said 2>&1; then
        echo "ok    $1"
    else
        echo "WRONG $1"
        cat /tmp/said
        wrong=1
    fi
}

check "it is the user $IDS" "test \$(id -u):\$(id -g) = $IDS"
check "it has no right" 'grep -q "CapEff:.*0000000000000000" /proc/self/status'
check "it cannot get any" 'grep -q "NoNewPrivs:.*1" /proc/self/status'
check "the root file system is read-only" '! touch /etc/digestbot/x && ! touch /opt/digestbot/x && ! touch /var/x'
check "its volume can be written" "touch $VOLUME/x && rm $VOLUME/x"
check "the entry point starts" "$ENTRYPOINT --help"
check "a digest is made of a repository" "$ENTRYPOINT digest $VOLUME/repository 2026-01-05 | grep 'Order requests'"
check "the set-up is in order" "$ENTRYPOINT doctor | grep 'ok *the database'"

# A shell in between would keep the signal to itself.
eval "exec $ENTRYPOINT $COMMAND" >/tmp/log 2>&1 &
running=$!
for _ in $(seq 30); do
    eval "$HEALTHCHECK" >/dev/null 2>&1 && break
    sleep 1
done
check "it runs, and the health check says so" "$HEALTHCHECK"
kill -TERM $running
began=$(date +%s)
wait $running || {
    echo "WRONG it ends well"
    cat /tmp/log
    wrong=1
}
check "it ends within ten seconds when it is told to" "test $(($(date +%s) - began)) -le 10"
check "a backup goes through pipes and back" "$ENTRYPOINT backup - | cat >/tmp/backup && cat /tmp/backup | $ENTRYPOINT restore -"
exit $wrong
