<?php

namespace App\Jobs;

use Illuminate\Bus\Queueable;
use Illuminate\Contracts\Queue\ShouldQueue;
use Illuminate\Foundation\Bus\Dispatchable;

/** A job that lasts until something comes out of a pipe, and leaves memory behind; it prints when it begins and ends. */
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
        if ($this->until !== null) {
            $gate = fopen($this->until, 'r');
            // The rest is for further attempts.
            stream_set_read_buffer($gate, 0);
            fgetc($gate);
        }
        self::$leak = str_repeat('x', $this->megabytes << 20);
        $this->say('ends');
    }

    private function say(string $what): void
    {
        fwrite(STDOUT, "$this->name $what in release " . basename(base_path()) . "\n");
    }
}
