#!/usr/bin/perl
# lint_templates.pl [ROOT] - what must hold for every template, and ctemplate does not say.
# ctemplate escapes nothing in a file without the pragma, and does not know some attributes as addresses.
use strict;
use warnings;
use File::Find qw(find);

my $root = $ARGV[0] // 'templates';
my $MARKER = qr/\{\{.*?\}\}/s;
my $TAG = qr/<\/?[A-Za-z](?:$MARKER|"[^"]*"|'[^']*'|[^<>"'])*>/s;
my @files;
find({ no_chdir => 1, wanted => sub { push @files, $_ if -f && /\.(html|txt)$/ } }, $root);
@files = sort @files;
my $faults = 0;

for my $file (@files) {
    open my $in, '<:raw', $file or die "$file: $!\n";
    my $text = do { local $/; <$in> };
    my $say = sub {
        my ($at, $what) = @_;
        printf "%s:%d: %s\n", $file, 1 + (substr($text, 0, $at) =~ tr/\n//), $what;
        $faults++;
    };
    while ($text =~ /\{\{[^}]*:none\b/g) { $say->($-[0], ':none switches escaping off') }
    if ($file =~ /\.txt$/) {
        $say->(0, 'plain text is not HTML: no AUTOESCAPE here') if $text =~ /AUTOESCAPE/;
        next;
    }
    $say->(0, 'the first line must be {{%AUTOESCAPE context="HTML"}}')
        unless $text =~ /\A\{\{%AUTOESCAPE context="HTML"\}\}\n/;
    while ($text =~ /^[ \t]+\{\{>/mg) { $say->($-[0], 'an indented include indents every line of what it shows') }

    my (%ids, @refs);
    while ($text =~ /$TAG/g) {
        my ($tag, $at) = ($&, $-[0]);
        my ($name) = $tag =~ /^<\/?([A-Za-z0-9]+)/;
        $say->($at, "<$name> is not allowed: there is no script and no inline style") if $name =~ /^(script|style)$/i;
        $say->($at, 'inline style') if $tag =~ /\sstyle\s*=/i;
        $say->($at, 'inline event handler') if $tag =~ /\son[a-z]+\s*=/i;
        $say->($at, "$1 with a variable") if $tag =~ /\b(formaction|xlink:href|srcset|poster)\s*=\s*"[^"]*\{\{/i;
        # Variables may stand only inside quotes; sections may hold whole attributes.
        (my $bare = $tag) =~ s/"[^"]*"//g;
        $say->($at, "a variable outside quotes in <$name>") if $bare =~ /\{\{[^#\/!]/;
        $say->($at, "an unquoted attribute in <$name>") if $bare =~ /=(?![\s\/>{]|$)/;
        $ids{$1} = $at if $tag =~ /\sid="([^"]*)"/;
        push @refs, [$at, $1] if $tag =~ /^<label\b.*\sfor="([^"]*)"/s;
        push @refs, map { [$at, $_] } grep { $_ !~ /[{}]/ } split ' ', $1 if $tag =~ /\saria-labelledby="([^"]*)"/;

        if ($name =~ /^form$/i && $tag !~ /^<\//) {
            my ($body) = substr($text, $at) =~ /^(.*?)<\/form>/s;
            $say->($at, 'a form that is not closed'), next unless defined $body;
            my ($method) = $tag =~ /\smethod="(\w+)"/;
            next if defined $method && $method eq 'get';
            $say->($at, 'a form needs method="post" or method="get"') unless defined $method && $method eq 'post';
            $say->($at, 'a form needs novalidate: errors are ours to word') unless $tag =~ /\snovalidate\b/;
            for my $pair (['csrf', 'CSRF'], ['once', 'ONCE']) {
                my ($field, $marker) = @$pair;
                $say->($at, "a form without its $field field")
                    unless $body =~ /<input type="hidden" name="$field" value="\{\{$marker\}\}">/;
            }
        }
        $say->($at, 'an image needs alt') if $name =~ /^img$/i && $tag !~ /\salt="/;
        $say->($at, 'a button needs its type') if $name =~ /^button$/i && $tag =~ /^<b/i && $tag !~ /\stype="/;
    }
    for my $ref (@refs) {
        $say->($ref->[0], "no id=\"$ref->[1]\" in this file") unless exists $ids{$ref->[1]};
    }
}

for my $file (@files) {
    my $name = substr $file, length("$root/");
    if (system('ctemplate-make_tpl_varnames_h', '-n', '-q', '-t', $root, $name) != 0) {
        print "$file: ctemplate cannot parse it\n";
        $faults++;
    }
}
printf "%d templates, %d faults\n", scalar @files, $faults;
exit($faults > 0 ? 1 : 0);
