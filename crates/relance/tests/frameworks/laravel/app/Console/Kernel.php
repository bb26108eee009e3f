<?php

namespace App\Console;

use App\Jobs\Mail;
use Illuminate\Foundation\Console\Kernel as ConsoleKernel;

class Kernel extends ConsoleKernel
{
    /** `php artisan mail:send NAME [UNTIL] [--megabytes=0]` puts a job into the queue. */
    protected function commands(): void
    {
        $this->command('mail:send {name} {until?} {--megabytes=0}', function (): void {
            Mail::dispatch($this->argument('name'), $this->argument('until'), (int) $this->option('megabytes'));
        });
    }
}
