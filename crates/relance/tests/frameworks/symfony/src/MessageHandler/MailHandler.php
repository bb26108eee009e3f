<?php

namespace App\MessageHandler;

use App\Message\Mail;
use Symfony\Component\Messenger\Handler\MessageHandlerInterface;

/** A handler that ends when a file is there; it prints when it begins and ends. */
class MailHandler implements MessageHandlerInterface
{
    public function __invoke(Mail $mail): void
    {
        $this->say($mail, 'begins');
        while ($mail->until !== null && !file_exists($mail->until)) {
            usleep(10_000);
            clearstatcache();
        }
        $this->say($mail, 'ends');
    }

    private function say(Mail $mail, string $what): void
    {
        fwrite(STDOUT, "$mail->name $what in release " . basename(dirname(__DIR__, 2)) . "\n");
    }
}
