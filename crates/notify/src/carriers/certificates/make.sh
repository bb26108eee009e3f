#!/bin/sh
# Makes the certificates of ../tests.rs: an authority, and what it has signed for servers. All share one key, which is
# for tests alone. They are valid for a hundred years, but for the one that has expired. Needs OpenSSL 3.
set -eu
folder=$(mktemp -d)
openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out key.pem
cat >"$folder/settings" <<END
[ca]
default_ca = tests
[tests]
new_certs_dir = $folder
database = $folder/database
rand_serial = yes
private_key = key.pem
default_md = sha256
policy = policy
unique_subject = no
[policy]
commonName = supplied
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
END
: >"$folder/database"
sign() { # FILE FROM TO SECTION OPTIONS
    openssl req -new -key key.pem -subj "/CN=$1" -out "$folder/request"
    openssl ca -batch -notext -config "$folder/settings" -in "$folder/request" -startdate "$2" -enddate "$3" \
        -extensions "$4" -out "$1.pem" $5
}
server() { # FILE FROM TO NAMES
    printf '[%s]\nbasicConstraints = CA:FALSE\nextendedKeyUsage = serverAuth\nsubjectAltName = %s\n' "$1" "$4" >>"$folder/settings"
    sign "$1" "$2" "$3" "$1" '-cert authority.pem'
}
sign authority 20200101000000Z 21200101000000Z authority -selfsign
server here 20200101000000Z 21200101000000Z IP:127.0.0.1,DNS:localhost
server elsewhere 20200101000000Z 21200101000000Z DNS:elsewhere.example
server expired 20200101000000Z 20200102000000Z IP:127.0.0.1
rm -r "$folder"
