#!/usr/bin/perl
# pseudo_texts.pl - texts that are only for tests, from a catalogue of English ones:
#   pseudo_texts.pl long POT     every letter with an accent, each text 40 % longer: what is cut off, or was never translated, shows
#   pseudo_texts.pl mirror POT   the same in Hebrew letters, for pages that run from right to left
# Reads a .pot, writes a .po. Markers, tags, entities and placeholders stay as they are.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));

my ($kind, $pot) = @ARGV;
die "usage: pseudo_texts.pl long|mirror POT\n" unless defined $pot && $kind =~ /^(long|mirror)$/;
my %to;
@to{'a' .. 'z'} = split //, $kind eq 'long' ? 'àƀćďēƒĝħīĵķĺɱńōƥɋŕśţūṽŵẋŷź' : 'אבגדהוזחטיכלמנסעפצקרשתאבגד';
@to{'A' .. 'Z'} = split //, $kind eq 'long' ? 'ÀƁĆĎĒƑĜĦĪĴĶĹṀŃŌƤɊŔŚŢŪṼŴẊŶŹ' : 'אבגדהוזחטיכלמנסעפצקרשתאבגד';
my $KEEP = qr/\{\{.*?\}\}|\{[a-z_0-9]+\}|<[^>]*>|&[a-z]+;|%[-0-9.]*[a-z]|\\./;
my @filler = qw(one two three four five six seven eight nine ten);

sub letters { my ($text) = @_; $text =~ s/([A-Za-z])/$to{$1}/g; return $text }

sub pseudo {
    my ($text) = @_;
    my $words = join '', grep { !/^$KEEP$/ } split /($KEEP)/, $text;
    return $text unless $words =~ /[A-Za-z]{2}/;
    my ($more, $i) = ('', 0);
    $more .= ' ' . $filler[$i++ % @filler] while length $more < 0.4 * length $words;
    $text .= $more if $text !~ />\s*$/;
    return join '', map { /^$KEEP$/ ? $_ : letters($_) } split /($KEEP)/, $text;
}

open my $in, '<', $pot or die "$pot: $!\n";
my ($part, %text) = ('');
sub told {
    if (defined $text{msgid} && $text{msgid} eq '') {
        print qq(msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: nplurals=2; plural=n != 1;\\n"\n\n);
    } elsif (defined $text{msgid}) {
        print "#: texts\n";              # without a place po4a is not content
        print qq(msgctxt "$text{msgctxt}"\n) if defined $text{msgctxt};
        print qq(msgid "$text{msgid}"\n);
        if (defined $text{msgid_plural}) {
            printf qq(msgid_plural "%s"\nmsgstr[0] "%s"\nmsgstr[1] "%s"\n\n), $text{msgid_plural}, pseudo($text{msgid}), pseudo($text{msgid_plural});
        } else { printf qq(msgstr "%s"\n\n), pseudo($text{msgid}) }
    }
    %text = (); $part = '';
}
while (<$in>) {
    if (/^\s*$/) { told(); next }
    if (/^(msgctxt|msgid|msgid_plural) "(.*)"$/) { $part = $1; $text{$part} = $2 }
    elsif (/^msgstr/) { $part = '' }
    elsif (/^"(.*)"$/ && $part) { $text{$part} .= $1 }
}
told();
