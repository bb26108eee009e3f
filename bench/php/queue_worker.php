<?php
// A worker of `workers.py`: takes jobs from a list in Redis and counts each that it has done. It says when it is
// ready, gives heartbeats, and finishes its job when it is asked to stop.

[, $redisSocket, $queue] = $argv;

$stops = false;
pcntl_async_signals(true);
pcntl_signal(SIGTERM, function () use (&$stops) { $stops = true; });

$manager = socket_create(AF_UNIX, SOCK_DGRAM, 0);
$say = fn (string $what) => socket_sendto($manager, $what, strlen($what), 0, getenv('NOTIFY_SOCKET'));

$redis = new Redis();
$redis->connect($redisSocket);
$redis->setOption(Redis::OPT_READ_TIMEOUT, -1);
$say("READY=1\nSTATUS=waits for jobs of $queue");

$beat = hrtime(true);
while (!$stops) {
    // Taken and noted as taken at once, so that a job that is lost can be named.
    $job = $redis->bRPopLPush($queue, "$queue:taken", 1);
    if (hrtime(true) - $beat > 10e9) {
        $say('WATCHDOG=1');
        $beat = hrtime(true);
    }
    if ($job === false) {
        continue;
    }
    usleep(random_int(500, 5000));
    $redis->multi();
    $redis->lRem("$queue:taken", $job, 1);
    $redis->hIncrBy('done', $job, 1);
    $redis->exec();
}
