--TEST--
What __toString throws arrives as it is, before anything is asked
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

class Thrower
{
    public function __toString(): string
    {
        throw new LogicException('mine');
    }
}
show(fn () => win32_create_service(['service' => 'name', 'path' => 'x', 'description' => new Thrower()]));
show(fn () => win32_create_service(['service' => 'name', 'path' => 'x', 'dependencies' => ['a', new Thrower(), 'b']]));
?>
--EXPECT--
LogicException 0: mine
LogicException 0: mine
