#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright the libprof authors
"""prof starts prof-helper through pkexec and PolicyKit, which consents by a rule, or does not."""
import os
import sys
from pathlib import Path

from harness import Skip, check, need, run, run_cases_of
from privileged import BECOME, HELPER, NAME, Unprivileged, need_events


def test_policy():
    need('xmllint')
    result = run(['xmllint', '--nonet', '--noout', os.environ['POLICY']])
    check(result.returncode == 0, result.stderr)
    path = run(['xmllint', '--nonet', '--xpath', '//annotate/text()', os.environ['POLICY']]).stdout.strip()
    check(path == os.environ['INSTALLED_HELPER'], path)


# PolicyKit, with its own bus and rules, in mounts that only it and prof see. The arguments are the
# policy, the helper, the place where prof looks for it, and the rule.
POLKIT = """
set -e
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
policy=$1 helper=$2 place=$3 rule=$4; shift 4
mkdir $PWD/stage; cp "$policy" "$helper" /usr/share/polkit-1/actions/org.freedesktop.policykit.policy $PWD/stage
# The nearest directory above the place that is there: what it has is hidden.
above=$(dirname "$place"); while ! [ -d "$above" ]; do above=$(dirname "$above"); done
mount -t tmpfs tmpfs "$above" || exit 99
mkdir -p "$(dirname "$place")"; cp stage/prof-helper "$place"; chmod 755 "$place"
mount -t tmpfs tmpfs /usr/share/polkit-1/actions; cp stage/*.policy /usr/share/polkit-1/actions
mount -t tmpfs tmpfs /etc/polkit-1/rules.d; chmod 755 /etc/polkit-1/rules.d
mount -t tmpfs tmpfs /run; mkdir /run/dbus
echo "$rule" > /etc/polkit-1/rules.d/10-test.rules
dbus-daemon --system --nofork --nopidfile & bus=$!
trap 'kill $polkitd $bus; wait' EXIT
until [ -S /run/dbus/system_bus_socket ]; do kill -0 $bus; sleep 0.1; done
/usr/lib/polkit-1/polkitd --no-debug & polkitd=$!
# Not a message to it: the bus would start another one.
until dbus-send --system --print-reply --dest=org.freedesktop.DBus / \
  org.freedesktop.DBus.NameHasOwner string:org.freedesktop.PolicyKit1 | grep 'boolean true'; do
  kill -0 $bus; kill -0 $polkitd; sleep 0.1
done
"$@" >&3 2>&4 || exit $?
"""

YES = f"""polkit.addRule (function (action, subject) {{
  if (action.id == "org.libprof.record-system" && subject.user == "{NAME}") return polkit.Result.YES;
}});"""


RECORD = ['record', '-a', '-d', '0.1', '-o', 'out.pb.gz']


def run_with_polkit(scratch, rule, *command):
    need('unshare', 'dbus-daemon', 'dbus-send', 'pkexec', 'setpriv')
    if not Path('/usr/lib/polkit-1/polkitd').exists():
        raise Skip('polkitd is not installed')
    script = 'exec 3>&1 4>&2 >polkit.log 2>&1\n' + POLKIT
    place = os.environ['INSTALLED_HELPER']
    result = run(['unshare', '-m', '--propagation', 'private', 'sh', '-c', script, 'sh',
                  os.environ['POLICY'], HELPER, place, rule, *BECOME, *command],
                 cwd=scratch.path)
    log = (scratch.path / 'polkit.log').read_text('utf-8', 'replace')
    if result.returncode == 99 or 'unshare failed' in result.stderr:
        raise Skip(f'no right to mount: {result.stderr}{log}')
    return result, log


def test_with_consent():
    need_events()
    if int(Path('/proc/sys/kernel/perf_event_paranoid').read_text('ascii')) < 1:
        raise Skip('kernel.perf_event_paranoid gives the whole system to all')
    with Unprivileged() as scratch:
        result, log = run_with_polkit(scratch, YES, scratch.prof, *RECORD, '--helper', 'refused')
        check(result.returncode == 0 and 'prof-helper' in result.stderr, f'{result} {log}')
        check(not scratch.read('out.pb.gz')['recordings'][0]['events'][0]['excludes_kernel'], result)


def test_on_a_terminal():
    """By itself, but not where CI is set."""
    need_events()
    need('script')
    if int(Path('/proc/sys/kernel/perf_event_paranoid').read_text('ascii')) < 1:
        raise Skip('kernel.perf_event_paranoid gives the whole system to all')
    for is_build_service in False, True:
        with Unprivileged() as scratch:
            command = ['env', 'CI=true'] if is_build_service else ['env', '-u', 'CI']
            command = ' '.join(map(str, [*command, scratch.prof, *RECORD]))
            result, log = run_with_polkit(scratch, YES, 'script', '-qec', command, '/dev/null')
            check(result.returncode == is_build_service, f'{result} {log}')
            check(('sudo sysctl' in result.stdout) == is_build_service, f'{result} {log}')


def test_without_consent():
    """Nor anybody to ask."""
    with Unprivileged() as scratch:
        result, log = run_with_polkit(scratch, '', scratch.prof, *RECORD, '--helper', 'always')
        check(result.returncode == 1 and 'PolicyKit did not consent' in result.stderr, f'{result} {log}')
        check(len(result.stderr.splitlines()) == 1 and not (scratch.path / 'out.pb.gz').exists(), result)


sys.exit(run_cases_of(globals()))
