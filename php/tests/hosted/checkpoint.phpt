--TEST--
B5, B6, B18: checkpoints count in pending states only; a status that is refused changes nothing
--EXTENSIONS--
win32service
--FILE--
<?php
require __DIR__ . '/../manager.inc';
manager();
create('checkpoint', <<<'PHP'
    win32_start_service_ctrl_dispatcher('any');
    $shown = function () {
        $status = win32_query_service_status('checkpoint');
        tell($status['CurrentState'] . ' checkpoint ' . $status['CheckPoint'] . ' hint ' . $status['WaitHint']);
    };
    win32_set_service_status(WIN32_SERVICE_START_PENDING, 7);
    $shown();
    win32_set_service_status(WIN32_SERVICE_RUNNING, 8);
    $shown();
    win32_set_service_status(WIN32_SERVICE_PAUSE_PENDING);
    $shown();
    foreach ([0, 8, 120, -1, 1 << 32 | 4] as $status) {
        tell(thrown(fn () => win32_set_service_status($status)));
    }
    $shown();
    win32_set_service_status(WIN32_SERVICE_STOPPED);
    tell(thrown(fn () => win32_set_service_status(WIN32_SERVICE_RUNNING)));
    PHP);
win32_start_service('checkpoint');
for ($i = 0; $i < 10; $i++) {
    echo hear(), "\n";
}
await('checkpoint', 'stopped');
?>
--EXPECT--
2 checkpoint 7 hint 0
4 checkpoint 0 hint 0
6 checkpoint 0 hint 0
Win32ServiceException 13: Error invalid data ()
Win32ServiceException 13: Error invalid data ()
Win32ServiceException 13: Error invalid data ()
Win32ServiceException 13: Error invalid data ()
Win32ServiceException 13: Error invalid data ()
6 checkpoint 0 hint 0
Win32ServiceException 6: Error invalid handle ()
