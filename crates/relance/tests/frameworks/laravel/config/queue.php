<?php

return [
    'default' => 'database',
    'connections' => [
        // A job that a killed worker held is given to the next one after this time.
        'database' => ['driver' => 'database', 'table' => 'jobs', 'queue' => 'default', 'retry_after' => 1],
    ],
    'failed' => ['driver' => 'null'],
];
