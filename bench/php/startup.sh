#!/bin/sh
# Instructions that PHP executes to start and end, without and with the extension, by valgrind's callgrind.
#
#     bench/php/startup.sh target/release/libwin32service.so [PHP]
set -eu
extension=$(realpath "$1")
php=${2:-php}
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$php" -n "$@" -r '' 2>&1 |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}
without=$(count)
with=$(count -d "extension=$extension")
echo "without: $without, with: $with, the extension: $((with - without)) ($(((with - without) * 1000 / without)) per mille)"
