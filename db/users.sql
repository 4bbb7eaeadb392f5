-- The database and its three users, made once by the database's administrator. Before that write each password into the file
-- that the program's database.password_file names, and put the same one here in place of its PASSWORD-OF-… (README, "Install").
-- Give each a password of its own: letters and digits, so that nothing has to be quoted.
-- Then come the schema (mypartnerctl migrate) and db/grants.sql, which says what the two other programs may do.
-- Programs on other hosts: put their host in place of localhost, here and in db/grants.sql.

CREATE DATABASE `mypartner` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

CREATE USER 'mypartner_ctl'@'localhost' IDENTIFIED BY 'PASSWORD-OF-CTL';
CREATE USER 'mypartner_web'@'localhost' IDENTIFIED BY 'PASSWORD-OF-WEB';
CREATE USER 'mypartner_worker'@'localhost' IDENTIFIED BY 'PASSWORD-OF-WORKER';

GRANT ALL PRIVILEGES ON `mypartner`.* TO 'mypartner_ctl'@'localhost';
