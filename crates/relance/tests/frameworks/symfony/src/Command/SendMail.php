<?php

namespace App\Command;

use App\Message\Mail;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\Messenger\MessageBusInterface;

/** `php bin/console mail:send NAME [UNTIL]` puts a message into the queue. */
class SendMail extends Command
{
    protected static $defaultName = 'mail:send';

    public function __construct(private MessageBusInterface $bus)
    {
        parent::__construct();
    }

    protected function configure(): void
    {
        $this->addArgument('name', InputArgument::REQUIRED);
        $this->addArgument('until', InputArgument::OPTIONAL);
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $this->bus->dispatch(new Mail($input->getArgument('name'), $input->getArgument('until')));
        return self::SUCCESS;
    }
}
