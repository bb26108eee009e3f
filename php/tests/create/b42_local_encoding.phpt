--TEST--
B42: a text that a framework turned into a local encoding is refused; as UTF-8 it is taken
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
$details = fn (string $text) => ['service' => 'courrier', 'path' => '/bin/true', 'description' => $text];
// ISO-8859-15, as the Symfony bundle does by default.
show(fn () => win32_create_service($details("Envoie les courriers \xE9lectroniques")));
show(fn () => win32_exists_service('courrier'));
show(fn () => win32_create_service($details('Envoie les courriers électroniques')));
echo win32_query_service_config('courrier')['description'], "\n";
?>
--EXPECT--
ValueError 0: A string argument must be valid UTF-8 (service partially configured, error when defining the description)
bool(false)
NULL
Envoie les courriers électroniques
