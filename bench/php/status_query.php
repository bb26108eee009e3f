<?php
// How long win32_query_service_status takes with many services, and what a call of it costs in memory.
//
//     RELANCE_SOCKET=$HOME/x/socket php -n -d extension=…/win32service.so bench/php/status_query.php [SERVICES] [CALLS]
//
// needs a manager of its own (relance daemon --state … --socket …), in which it creates the services.
$services = (int) ($argv[1] ?? 1000);
$calls = (int) ($argv[2] ?? 5000);
for ($i = 0; $i < $services; $i++) {
    if (!win32_exists_service("bench$i")) {
        win32_create_service(['service' => "bench$i", 'path' => '/bin/true', 'start_type' => WIN32_SERVICE_DEMAND_START]);
    }
}

$times = [];
for ($i = 0; $i < $calls; $i++) {
    $name = 'bench' . $i * 7919 % $services;
    $begin = hrtime(true);
    win32_query_service_status($name);
    $times[] = hrtime(true) - $begin;
}
sort($times);
$quantile = fn (float $q) => $times[(int) ($q * ($calls - 1))] / 1000;
printf("status query with %d services: p50 %.1f µs, p90 %.1f µs, p99 %.1f µs\n", $services, $quantile(.5), $quantile(.9), $quantile(.99));

// Memory: of PHP's own allocator while the result lives, and of the process after many calls.
$before = memory_get_usage();
$status = win32_query_service_status('bench0');
printf("result of one call: %d bytes of PHP memory\n", memory_get_usage() - $before);
$resident = fn () => (int) preg_replace('~.*VmRSS:\s+(\d+).*~s', '$1', file_get_contents('/proc/self/status'));
[$before, $php] = [$resident(), memory_get_usage()];
for ($i = 0; $i < $calls; $i++) {
    win32_query_service_status('bench0');
}
printf("after %d more calls: %+d bytes of PHP memory, %+d KB resident\n", $calls, memory_get_usage() - $php, $resident() - $before);
