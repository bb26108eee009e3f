<?php
// Writes the stubs for IDEs: what reflection says of the loaded extension, with the sentences that stand
// before each function in its source. Run by `cargo xtask php-docs`, with the folder of the source.

$sentences = sentences($argv[1]);
$module = new ReflectionExtension('win32service');
echo "<?php\n\n/**\n * Stubs of the extension win32service, for IDEs and static analysis.\n * Written by cargo xtask php-docs; changes belong into the source of the extension.\n */\n";

$groups = ['' => '', 'Win32Service' => '', 'Relance' => ''];
foreach ($module->getConstants() as $name => $value) {
    $groups[''] .= "const $name = " . var_export($value, true) . ";\n";
}
foreach ($module->getClasses() as $class) {
    $groups[$class->getNamespaceName()] .= "\n" . class_stub($class);
}
foreach ($module->getFunctions() as $function) {
    $groups[$function->getNamespaceName()] .= "\n" . function_stub($function, $sentences);
}
foreach ($groups as $namespace => $code) {
    echo "\nnamespace" . ($namespace === '' ? '' : " $namespace") . " {\n\n", preg_replace('~^(?=.)~m', '    ', trim($code)), "\n}\n";
}

function class_stub(ReflectionClass $class): string
{
    $methods = '';
    foreach ($class->getMethods() as $method) {
        if ($method->getDeclaringClass()->getName() === $class->getName()) {
            $methods .= '    ' . implode(' ', Reflection::getModifierNames($method->getModifiers())) . ' ' . signature($method) . " {}\n";
        }
    }
    $parent = $class->getParentClass();
    $kind = $class->isFinal() ? 'final class ' : 'class ';
    return $kind . $class->getShortName() . ($parent ? ' extends \\' . $parent->getName() : '') . "\n{\n$methods}\n";
}

function function_stub(ReflectionFunction $function, array $sentences): string
{
    $sentence = $sentences[$function->getName()] ?? throw new Exception($function->getName() . ' has no sentence');
    return "/** $sentence */\n" . signature($function) . " {}\n";
}

function signature(ReflectionFunctionAbstract $function): string
{
    $parameters = array_map(function (ReflectionParameter $parameter): string {
        $default = $parameter->isOptional() ? ' = ' . var_export($parameter->getDefaultValue(), true) : '';
        return $parameter->getType() . ' $' . $parameter->getName() . $default;
    }, $function->getParameters());
    $returns = $function->hasReturnType() ? ': ' . $function->getReturnType() : '';
    return 'function ' . $function->getShortName() . '(' . implode(', ', $parameters) . ')' . $returns;
}

// The documentation comment before each function's name.
function sentences(string $folder): array
{
    $sentences = [];
    foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($folder)) as $file) {
        if ($file->getExtension() !== 'rs') {
            continue;
        }
        preg_match_all('~((?:^ *///.*\n)+) *pub\(\w+\) \w+ = c"([^"]+)"~m', file_get_contents($file), $found, PREG_SET_ORDER);
        foreach ($found as [, $comment, $name]) {
            $sentences[stripslashes($name)] = trim(preg_replace('~\s*///\s*~', ' ', $comment));
        }
    }
    return $sentences;
}
