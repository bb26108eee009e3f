--TEST--
RightInfo: final, without properties; its methods in upstream's order
--EXTENSIONS--
win32service
--FILE--
<?php
$class = new ReflectionClass('Win32Service\RightInfo');
var_dump($class->isFinal(), $class->isInstantiable(), $class->isCloneable(), $class->getProperties(), $class->getConstants(), $class->getInterfaceNames());
foreach ($class->getMethods() as $method) {
    $parameters = array_map(fn ($p) => $p->getType() . ' $' . $p->getName(), $method->getParameters());
    echo implode(' ', Reflection::getModifierNames($method->getModifiers())), ' ', $method->getName(), '(', implode(', ', $parameters), ')',
        $method->hasReturnType() ? ': ' . $method->getReturnType() : '', "\n";
}
?>
--EXPECT--
bool(true)
bool(false)
bool(true)
array(0) {
}
array(0) {
}
array(1) {
  [0]=>
  string(10) "Stringable"
}
private __construct()
public __toString(): string
public __clone(): void
public __serialize(): array
public __unserialize(array $data): void
public getFullUsername(): ?string
public getRights(): array
public isGrantAccess(): bool
public isDenyAccess(): bool
public getUsername(): ?string
public getDomain(): ?string
