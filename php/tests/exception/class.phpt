--TEST--
Win32ServiceException: extends Exception, adds nothing, user code may throw and extend it
--EXTENSIONS--
win32service
--FILE--
<?php
$class = new ReflectionClass('Win32ServiceException');
var_dump($class->getParentClass()->getName(), $class->isFinal(), $class->isInternal(), $class->inNamespace());
foreach ($class->getMethods() as $method) {
    if ($method->class !== 'Exception') {
        echo $method->class, '::', $method->getName(), "\n";
    }
}
class Mine extends Win32ServiceException
{
}
try {
    throw new Mine('text', 1060, new Exception('before'));
} catch (Win32ServiceException $e) {
    var_dump($e->getMessage(), $e->getCode(), $e->getPrevious()->getMessage());
}
?>
--EXPECT--
string(9) "Exception"
bool(false)
bool(true)
bool(false)
string(4) "text"
int(1060)
string(6) "before"
