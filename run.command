#!/bin/sh
# Starts Tonesmith by double-click on a Mac (or with `sh run.command` on Linux): finds Python
# 3.11 or newer and lets run.py do the rest. The window stays open when something went wrong.

cd "$(dirname "$0")" || exit 1

# Where installers put Python on a Mac; a window opened by double-click may not know them.
PATH="$PATH:/usr/local/bin:/opt/homebrew/bin"
for minor in 14 13 12 11; do
  PATH="$PATH:/Library/Frameworks/Python.framework/Versions/3.$minor/bin"
done

is_new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
  for name in python3.14 python3.13 python3.12 python3.11 python3 python; do
    found=$(command -v "$name") || continue
    # On a Mac this one only offers to install developer tools, and with them an old Python.
    [ "$(uname)" = Darwin ] && [ "$found" = /usr/bin/python3 ] && continue
    is_new_enough "$found" && { echo "$found"; return 0; }
  done
  return 1
}

keep_open() {
  printf '\nPress Enter to close this window. / 按回车键关闭窗口。 '
  read -r _ || true
}

if ! python=$(find_python); then
  echo 'Tonesmith needs Python 3.11 or newer, and there is none on this computer.'
  echo 'Get it from https://www.python.org/downloads/ , install it, then open this file again.'
  echo
  echo 'Tonesmith 需要 Python 3.11 或更高版本，这台电脑上还没有。'
  echo '请到 https://www.python.org/downloads/ 下载安装，然后再打开这个文件。'
  keep_open
  exit 1
fi

"$python" run.py "$@"
status=$?
if [ "$status" -ne 0 ]; then
  echo 'Tonesmith stopped; the lines above say why. / Tonesmith 已停止，原因见上面。'
  keep_open
fi
exit "$status"
