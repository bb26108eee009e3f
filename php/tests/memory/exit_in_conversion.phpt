--TEST--
exit in __toString while details are read
--EXTENSIONS--
win32service
--FILE--
<?php
class Leaver
{
    public function __toString(): string
    {
        echo "leaving\n";
        exit;
    }
}
win32_create_service(['service' => 'name', 'path' => 'x', 'dependencies' => ['a', str_repeat('b', 3), new Leaver()]]);
?>
--EXPECT--
leaving
