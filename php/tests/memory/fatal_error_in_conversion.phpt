--TEST--
A fatal error in __toString while details are read
--EXTENSIONS--
win32service
--SKIPIF--
<?php
if (getenv('USE_ZEND_ALLOC') === '0') die('skip valgrind takes for a leak what only the Zend allocator gives back');
?>
--FILE--
<?php
class Breaker
{
    public function __toString(): string
    {
        trigger_error('broken', E_USER_ERROR);
        return 'unreachable';
    }
}
win32_create_service(['service' => 'name', 'path' => 'x', 'display' => 'display ' . PHP_VERSION, 'dependencies' => ['a', new Breaker()]]);
?>
--EXPECTF--
%AFatal error: broken in %s on line %d
