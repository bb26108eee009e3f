<?php

namespace App\MessageHandler;

use App\Message\Mail;
use Symfony\Component\Messenger\Handler\MessageHandlerInterface;

/** A handler that lasts until something comes out of a pipe; it prints when it begins and ends. */
class MailHandler implements MessageHandlerInterface
{
    public function __invoke(Mail $mail): void
    {
        $this->say($mail, 'begins');
        if ($mail->until !== null) {
            $gate = fopen($mail->until, 'r');
            // The rest is for further attempts.
            stream_set_read_buffer($gate, 0);
            fgetc($gate);
        }
        $this->say($mail, 'ends');
    }

    private function say(Mail $mail, string $what): void
    {
        fwrite(STDOUT, "$mail->name $what in release " . basename(dirname(__DIR__, 2)) . "\n");
    }
}
