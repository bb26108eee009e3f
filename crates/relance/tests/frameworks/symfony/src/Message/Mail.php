<?php

namespace App\Message;

class Mail
{
    public function __construct(public string $name, public ?string $until)
    {
    }
}
