--TEST--
Relance\scale: how many instances a template has
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('worker@1', '', ['display' => 'Worker 1']);
echo json_encode(Relance\scale('worker@', 3)), "\n";
echo win32_query_service_config('worker@3')['display'], "\n";
echo json_encode(Relance\scale('worker@', 1)), "\n";
var_dump(win32_exists_service('worker@2'));
$refused = function (callable $call): void {
    try {
        $call();
        echo "done\n";
    } catch (Throwable $error) {
        echo $error->getCode(), ' ', $error->getPrevious()?->getMessage() ?? $error->getMessage(), "\n";
    }
};
$refused(fn () => Relance\scale('none@', 2));
$refused(fn () => Relance\scale('worker', 2));
$refused(fn () => Relance\scale('worker@', 1001));
$refused(fn () => Relance\scale('worker@', -1));
?>
--EXPECT--
{"added":["worker@2","worker@3"],"removed":[]}
Worker 3
{"added":[],"removed":["worker@3","worker@2"]}
bool(false)
1060 there are no instances of none@; relance create none@ --instances 2 makes them
87 the name of several instances ends in @; write worker@
87 a template has 1 to 1000 instances
0 Relance\scale(): Argument #2 ($instances) must be between 1 and 1000
