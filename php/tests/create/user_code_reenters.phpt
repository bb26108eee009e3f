--TEST--
__toString may call the extension, and change what is being read
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../show.inc';

class Meddler
{
    public function __construct(private array &$list)
    {
    }

    public function __toString(): string
    {
        $this->list = [];
        try {
            win32_create_service(['service' => 'inner']);
        } catch (ValueError $e) {
            echo $e->getMessage(), "\n";
        }
        return 'text';
    }
}
$list = [];
$list = ['a', new Meddler($list), 'c'];
show(fn () => win32_create_service(['service' => 'name', 'path' => 'x', 'dependencies' => &$list]));
var_dump($list);
?>
--EXPECTF--
win32_create_service(): Argument #1 ($details) the value for key 'path' is wrong
Win32ServiceException 1722: Unknow error no 1722 ()
  previous: Win32ServiceException 1722: no service manager is running (tried %s); start one with `relance daemon`, or name its socket in RELANCE_SOCKET
array(0) {
}
