/// Secrets that somebody tries first: from tutorials, defaults, keyboards and habit. Our own collection.
enum WeakSecretWords {
    /// Words with white space between.
    static let text: StaticString = """
        secret secretkey secret-key secret_key mysecret mysecretkey my-secret my-secret-key my_secret my_secret_key
        my_super_secret mysupersecret mysupersecretkey supersecret supersecretkey super-secret super-secret-key
        super_secret super_secret_key supersecretpassword topsecret top-secret top_secret verysecret verysecretkey
        very-secret very-secret-key very_secret thisisasecret thisisasecretkey this-is-a-secret this-is-my-secret
        this_is_a_secret thisismysecret thisismysecretkey thesecret the-secret asecret notasecret not-a-secret
        not_a_secret notsosecret not-so-secret notsecret nosecret shared-secret shared_secret sharedsecret sharedkey
        shared-key shared_key symmetric symmetrickey symmetric-key client-secret client_secret clientsecret
        app-secret app_secret appsecret appkey app-key app_key application-secret api-secret api_secret apisecret
        apikey api-key api_key server-secret serversecret server_secret your-secret your_secret yoursecret
        your-secret-key your_secret_key yoursecretkey your-jwt-secret your_jwt_secret yourjwtsecret
        your-256-bit-secret your-384-bit-secret your-512-bit-secret your-128-bit-secret your_256_bit_secret
        your-super-secret-key your-super-secret your-very-secret-key your-secret-here your_secret_here
        your-secret-key-here your_secret_key_here your-jwt-secret-key your-secure-secret your-signing-key your-key
        your_key yourkey your-token-secret a-string-secret-at-least-256-bits-long
        a-valid-string-secret-that-is-at-least-384-bits-long-so-you-can-use-it
        a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long a-secret-key a-very-long-secret
        a-very-secret-key a-random-secret a_random_secret some-secret some_secret somesecret some-secret-key
        some-random-secret some-long-secret somesecretkey somerandomsecret random-secret randomsecret random_secret
        random randomstring random-string long-secret longsecret long-random-secret a-long-random-secret
        some-long-random-string jwt jwtsecret jwt-secret jwt_secret JWT_SECRET JWTSECRET jwtSecret jwtkey jwt-key
        jwt_key JWT_KEY jwtSecretKey jwtsecretkey jwt-secret-key jwt_secret_key JWT_SECRET_KEY jwt-token jwt_token
        jwttoken jwttokensecret jwt-token-secret jwt-signing-key jwt_signing_key jwtsigningkey jwtpassword
        jwt-password jwtprivatekey jwtPrivateKey jwt-private-key my-jwt-secret my_jwt_secret myjwtsecret myJwtSecret
        my-jwt-key my-jwt-token-secret jwt-auth jwtauth json-web-token jsonwebtoken jsonwebtokensecret hmac
        hmacsecret hmac-secret hmac_secret hmackey hmac-key hs256 hs384 hs512 HS256 HS384 HS512 hs256secret
        hs256-secret HS256-secret sha256 SHA256 sha512 signature signing signingkey signing-key signing_key
        signingsecret signing-secret signkey sign-key key keykey thekey mykey my-key my_key masterkey master-key
        master_key privatekey private-key private_key publickey public-key public_key secretOrPrivateKey
        secretOrPublicKey encryptionkey encryption-key encryption_key cryptokey token tokens tokenkey token-key
        token_key tokensecret token-secret token_secret TOKEN_SECRET tokensecretkey accesstoken access-token
        access_token access-token-secret access_token_secret ACCESS_TOKEN_SECRET accesstokensecret refreshtoken
        refresh-token refresh_token refresh-token-secret refresh_token_secret REFRESH_TOKEN_SECRET
        refreshtokensecret session sessionsecret session-secret session_secret SESSION_SECRET sessionkey session-key
        cookie cookiesecret cookie-secret cookie_secret auth authsecret auth-secret auth_secret AUTH_SECRET authkey
        auth-key auth_key authtoken auth-token authentication authorization bearer oauth oauthsecret oauth-secret
        SECRET SECRET_KEY SECRETKEY Secret Secret1 Secret123 secret! secret1 secret12 secret123 secret1234
        secret12345 secret123456 secret@123 secret2020 secret2021 secret2022 secret2023 secret2024 secret2025
        secret2026 secretsecret secretsecretsecret secretpassword secrettoken secret-token secret_token secretword
        secretphrase secretsauce s3cr3t s3cret secr3t S3cr3t S3cret s3cr3tk3y s3cr3t-k3y sup3rs3cr3t sup3r-s3cr3t
        shhh shhhh shhhhh shhhhhh shhhhared-secret sssh ssshhh hush tell-no-one donttellanyone dont-tell-anyone
        do-not-share donotshare changeme change-me change_me ChangeMe changeMe CHANGEME CHANGE_ME change-this
        change_this changethis changethissecret change-this-secret change-me-please changemeplease please-change-me
        please_change_me pleasechangeme change-it changeit change-in-production change_in_production
        change-me-in-production changemeinproduction change-this-in-production change-this-to-a-secure-secret
        replaceme replace-me replace_me REPLACE_ME replace-this replace-with-your-secret insert-secret-here
        insert-your-secret-here put-your-secret-here enter-your-secret add-your-secret-here todo TODO fixme tbd xxx
        xxxx xxxxx xxxxxxxx yyyy zzzz none null nil undefined true false empty void void0 nothing blank void-secret
        default defaultsecret default-secret default_secret defaultkey default-key default_key example examplesecret
        example-secret example_secret examplekey example-key example_key example-key-1234567890 sample samplesecret
        sample-secret samplekey demo demosecret demo-secret demokey demo-key test tests testing tester testsecret
        test-secret test_secret testkey test-key test_key testtest test123 test1234 test12345 testpassword testtoken
        test-jwt-secret dev devsecret dev-secret dev_secret devkey dev-key development development-secret
        development_secret developer local localhost localsecret local-secret local-dev local-development staging
        stagingsecret production production-secret prod prodsecret prod-secret temp temporary temp-secret tmp dummy
        dummysecret dummy-secret dummykey fake fakesecret fake-secret mock mocksecret mock-secret placeholder foo
        bar baz foobar foobarbaz foo-bar foo_bar barfoo qux quux hello helloworld hello-world hello_world hello123
        world hi hey howdy goodbye password Password PASSWORD password! password0 password1 password12 password123
        password1234 password12345 password123456 Password1 Password1! Password123 Password123! P@ssw0rd P@ssw0rd!
        P@ssword P@ssword1 p@ssw0rd p@ssword p@55w0rd pa55word pa55w0rd passw0rd Passw0rd Passw0rd! pass passwd
        pass123 pass1234 passphrase passcode passkey mypassword my-password my_password yourpassword your-password
        your_password thepassword nopassword letmein letmein1 letmein123 letmein! let-me-in welcome welcome1
        welcome123 Welcome1 Welcome123 opensesame open-sesame sesame abracadabra admin Admin ADMIN admin1 admin12
        admin123 admin1234 admin12345 admin@123 adminadmin adminpassword admin-secret adminsecret administrator root
        root123 rootroot toor superuser sysadmin user user123 username userpass guest guest123 anonymous operator
        manager service service-secret backend frontend server client web webapp app myapp my-app my_app application
        api rest graphql node nodejs node-secret express expressjs express-secret nestjs nest nextjs next-auth
        nextauth nextauth-secret NEXTAUTH_SECRET react angular vue svelte laravel django django-insecure
        django-secret flask flask-secret flasksecret rails rails-secret spring springboot spring-boot springsecret
        java javainuse javatechie python php ruby golang go rust swift vapor kotlin dotnet csharp mysql postgres
        postgresql mongo mongodb redis docker kubernetes k8s keycloak kong nginx apache tomcat jenkins github gitlab
        google facebook amazon aws azure microsoft oracle cisco linux ubuntu debian windows mac apple iphone android
        samsung keyboardcat keyboard-cat keyboard_cat hackme hack-me hacker hackthebox ctf flag tryhackme owasp
        juice-shop webgoat vulnerable insecure insecure-secret weak weaksecret weak-secret unsafe unsafe-secret easy
        simple simplesecret simple-secret trustno1 correcthorsebatterystaple correct-horse-battery-staple correct
        horse battery staple qwerty qwerty1 qwerty12 qwerty123 qwerty1234 qwerty12345 qwertyuiop qwertyui qwert
        qwertz qwertzuiop azerty azertyuiop asdf asdfg asdfgh asdfghjk asdfghjkl asdfasdf zxcv zxcvb zxcvbn zxcvbnm
        1q2w3e 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc qazwsx qazwsxedc zaq12wsx q1w2e3r4 q1w2e3r4t5
        poiuytrewq lkjhgfdsa mnbvcxz abc abcd abcde abcdef abcdefg abcdefgh abcdefghij abcdefghijklmnop
        abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ abc123 abc1234 abcd1234 abcdef123456 a1b2c3 a1b2c3d4
        aa aaa aaaa 123abc 123qwe 123456789abc 0123456789abcdef 0123456789ABCDEF 0123456789abcdef0123456789abcdef
        00112233445566778899aabbccddeeff 000102030405060708090a0b0c0d0e0f deadbeef DEADBEEF deadbeefdeadbeef
        cafebabe CAFEBABE c0ffee decafbad baadf00d feedface 0 1 12 123 1234 12345 123456 1234567 12345678 123456789
        1234567890 12345678901234567890123456789012 01234567890123456789012345678901 0123456789 987654321 9876543210
        87654321 7654321 654321 54321 4321 321 111111 121212 123123 123321 112233 131313 159753 147258369 789456123
        696969 666666 888888 999999 000000 00000000 11111111 monkey dragon master sunshine princess football
        baseball basketball soccer hockey superman batman spiderman ironman starwars pokemon naruto shadow michael
        jordan jennifer jessica ashley daniel thomas charlie andrew robert george hannah alice bob eve carol mallory
        trent anna john jane joe johndoe janedoe iloveyou loveyou lovely love whatever freedom flower cheese coffee
        banana apple123 orange cookie1 chocolate pepper ginger summer winter spring2024 autumn summer2024 winter2024
        summer2025 winter2025 monday friday january december computer internet killer ninja mustang harley ranger
        hunter tigger maggie buster access login logmein signin gandalf mordor frodo matrix neo trinity zion
        morpheus skywalker yoda jedi voldemort hogwarts alohomora tiger lion eagle falcon phoenix company
        companyname company-secret organization acme acme-secret contoso northwind petstore todoapp todo-app blog
        bookstore shop ecommerce chat chatapp social university student school project projectsecret bank money
        bitcoin lorem ipsum loremipsum thequickbrownfox the-quick-brown-fox nevergonnagiveyouup rickroll
        """
}
