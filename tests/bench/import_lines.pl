#!/usr/bin/perl
# A facts file of so many lines, for measuring the import: import_lines.pl LINES. A hundred lines a customer, ten partners.
use strict;
use warnings;

my $lines = shift // 100_000;
my $n = 0;
sub line {
    exit 0 if $n++ >= $lines;
    print @_, "\n";
}

line(qq({"kind":"account","id":"P-9$_","type":"PARTNER","name":"Partner number $_"})) for 0 .. 9;
for (my $c = 1;; $c++) {
    my ($no, $of) = ("C-8$c", qq("account":"C-8$c"));
    line(qq({"kind":"account","id":"$no","type":"CUSTOMER","name":"Customer number $c","currency":"USD","email":"c$c\@customers.test"}));
    line(qq({"kind":"user","login":"c$c\@customers.test",$of,"name":"Owner of $c","role":"owner"}));
    line(qq({"kind":"association","customer":"$no","partner":"P-9) . $c % 10 . qq(","since":"2025-01-01T00:00:00Z"}));
    line(qq({"kind":"balance",$of,"currency":"USD","owed_minor":) . $c % 5 * 100 . "}");
    line(qq({"kind":"payment_method","id":"pm-$c",$of,"type":"CARD","last_four":"4242","provider_reference":"pm_x$c","added_at":"2025-02-01T00:00:00Z","valid_to":"2031-01-01T00:00:00Z"}));
    line(qq({"kind":"freeze","id":"fz-$c",$of,"type":"ACCOUNT","source":"PARTNER","reason":"Invoice 7 is not paid","frozen_at":"2025-06-01T08:00:00Z"}))
        if $c % 100 == 0;
    line(qq({"kind":"commitment","id":"ri-$c-$_",$of,"type":"RI","name":"Reserved instance $_","valid_from":"2025-01-01T00:00:00Z","valid_to":"2030-01-01T00:00:00Z"})) for 1 .. 15;
    line(qq({"kind":"contract","id":"k-$c-$_",$of,"number":"SC-$c-$_","starts_at":"2025-01-01T00:00:00Z","ends_at":"2029-01-01T00:00:00Z"})) for 1 .. 5;
    line(qq({"kind":"resource","id":"r-$c-$_",$of,"name":"Server $_ of customer $c","next_charge_at":"2027-01-01T00:00:00Z","amount_minor":1250,"currency":"USD"})) for 1 .. 50;
    line(qq({"kind":"order","id":"o-$c-$_",$of,"name":"Order $_","status":"PAID","ordered_at":"2025-03-01T10:00:00Z"})) for 1 .. 15;
    line(qq({"kind":"payment","id":"p-$c-$_",$of,"resource":"r-$c-$_","result":"PAID","at":"2025-04-01T10:00:00Z","due_at":"2025-04-01T10:00:00Z","next_charge_at":"2027-05-01T10:00:00Z","amount_minor":1250,"currency":"USD"})) for 1 .. 10;
}
