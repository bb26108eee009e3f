<?php

return [
    'default' => 'file',
    'stores' => ['file' => ['driver' => 'file', 'path' => env('CACHE_FOLDER')]],
    'prefix' => 'mails',
];
