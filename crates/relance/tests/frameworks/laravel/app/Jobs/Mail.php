<?php

namespace App\Jobs;

use Illuminate\Bus\Queueable;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Foundation\Bus\Dispatchable;

/** A job that ends when a file is there and leaves memory behind; it prints when it begins and ends. */
class Mail implements ShouldQueue
{
    use Dispatchable;
    use Queueable;

    private static string $leak = '';

    public function __construct(private string $name, private ?string $until, private int $megabytes)
    {
    }

    public function handle(): void
    {
        $this->say('begins');
        while ($this->until !== null && !file_exists($this->until)) {
            usleep(10_000);
            clearstatcache();
        }
        self::$leak = str_repeat('x', $this->megabytes << 20);
        $this->say('ends');
    }

    private function say(string $what): void
    {
        fwrite(STDOUT, "$this->name $what in release " . basename(base_path()) . "\n");
    }
}
