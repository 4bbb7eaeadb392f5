#!/usr/bin/perl
# templates_po.pl - the texts of our templates and their translations.
#   templates_po.pl extract   POT ROOT           collects the texts of every template below ROOT
#   templates_po.pl translate PO ROOT OUT        writes each template below ROOT to OUT, translated
#   templates_po.pl check     PO ROOT            complains about translations that lost a marker or a tag
#
# A text is what stands between block elements, with the inline elements and markers inside it; so a translator sees a
# whole sentence and may move a name or a link. A translation must have the very same markers and tags as the original,
# otherwise the original is kept and said so. po4a's own module for HTML takes no markers inside tags, so that the files
# are cut here and po4a only keeps the catalogue.
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Find qw(find);
use File::Path qw(make_path);
use Locale::Po4a::Po;

my %INLINE = map { $_ => 1 } qw(a abbr b bdi br code em i kbd small span strong sub sup time);
my $MARKER = qr/\{\{.*?\}\}/s;
my $TAG = qr/<\/?[A-Za-z](?:$MARKER|"[^"]*"|'[^']*'|[^<>"'])*>/s;
my $ICON = qr/<svg\b.*?<\/svg>/s;
my $TOKEN = qr/$ICON|<!--.*?-->|<![^>]*>|$TAG|$MARKER|(?:(?!$TAG|$MARKER|<!)[\s\S])+/s;
my $ATTRIBUTE = qr/(?<=\s)(?:aria-label|alt|title|placeholder|data-l)="([^"]*)"/;

my ($translator, $where);   # what is done with a text, and the file it is in

my ($verb, $po_file, $root, $out) = @ARGV;
die "usage: templates_po.pl extract|translate|check PO ROOT [OUT]\n"
    unless defined $root && -d $root && ($verb eq 'translate') == (defined $out);

my $wrong = 0;
my $po = Locale::Po4a::Po->new({ 'package-name' => 'mypartner', 'porefs' => 'file' });
if ($verb eq 'extract') {
    $translator = sub { $po->push(msgid => $_[0], reference => "$where:1", type => ''); return $_[0] };
} else {
    $po->read($po_file);
    $translator = \&translated;
}

for my $file (files()) {
    $where = "templates/$file";
    my $text = read_file("$root/$file");
    my $new = $file =~ /\.txt$/ ? plain($text) : html($text);
    write_file("$out/$file", $new) if $verb eq 'translate';
}
$po->write($po_file) if $verb eq 'extract';
exit($wrong > 0 && $verb eq 'check' ? 1 : 0);

# --- texts -----------------------------------------------------------------------------------------------------------

sub translated {
    my ($text) = @_;
    my $new = $po->gettext($text);
    return $new if inventory($new) eq inventory($text);
    print STDERR "$where: the translation has other markers or tags, the original is kept: $text\n";
    $wrong++;
    return $text;
}

sub inventory { return join "\n", sort $_[0] =~ /$MARKER|$TAG/g }

sub has_words { my ($text) = @_; $text =~ s/$ICON|$MARKER|$TAG|&[a-z]+;//g; return $text =~ /[A-Za-z]/ }

# The white space around stays, that inside becomes single spaces.
sub text {
    my ($text) = @_;
    return $text unless has_words($text);
    my ($before, $core, $after) = $text =~ /^(\s*)(.*?)(\s*)$/s;
    $core =~ s/\s+/ /g;
    my $new = $translator->($core);
    return $new eq $core ? $text : $before . $new . $after;
}

sub plain { return join '', map { text($_) } split /(?<=\n)/, $_[0] }

sub tag {
    my ($tag) = @_;
    $tag =~ s/$ATTRIBUTE/my ($all, $value) = ($&, $1); my $new = text($value); $all =~ s{"\Q$value\E"$}{"$new"}; $all/ge;
    if ($tag =~ /^<meta name="description" content="([^"]*)"/) { my $new = text($1); $tag =~ s/\Q$1\E/$new/ }
    return $tag;
}

# --- cutting ---------------------------------------------------------------------------------------------------------

sub html {
    my @run;
    my $new = '';
    for my $token ($_[0] =~ /$TOKEN/g) {
        if (is_inline($token)) { push @run, $token; next }
        $new .= run(@run) . tag($token);
        @run = ();
    }
    return $new . run(@run);
}

sub is_inline {
    my ($token) = @_;
    return 0 if $token =~ /^\{\{[%>!]/ || $token =~ /^<!/;
    return 1 if $token =~ /^$ICON/ || $token !~ /^<\/?([A-Za-z][A-Za-z0-9]*)/;
    return $INLINE{lc $1};
}

# What opens and what closes something: a section, or an inline element.
sub opens { return $_[0] =~ /^\{\{#(.*)\}\}$/ ? "#$1" : $_[0] =~ /^<(?!svg|br)([a-z0-9]+)\b/i ? $1 : undef }
sub closes { return $_[0] =~ /^\{\{\/(.*)\}\}$/ ? "#$1" : $_[0] =~ /^<\/([a-z0-9]+)/i ? $1 : undef }

# A run of inline tokens becomes items: a token, or [opening, inner items' tokens, closing]. Those without their other
# half in the run are cuts.
sub run {
    my @tokens = @_;
    my ($new, @part) = ('');
    for (my $i = 0; $i < @tokens; $i++) {
        my $end = defined opens($tokens[$i]) ? match_of(\@tokens, $i) : $i;
        if (!defined $end || defined closes($tokens[$i])) {
            $new .= part(@part) . tag($tokens[$i]);
            @part = ();
            next;
        }
        push @part, $end > $i ? [@tokens[$i .. $end]] : $tokens[$i];
        $i = $end;
    }
    return $new . part(@part);
}

sub match_of {
    my ($tokens, $from) = @_;
    my $name = opens($tokens->[$from]);
    my $depth = 0;
    for my $i ($from .. $#$tokens) {
        $depth++ if (opens($tokens->[$i]) // '') eq $name;
        $depth-- if (closes($tokens->[$i]) // '') eq $name;
        return $i if $depth == 0;
    }
    return undef;
}

# One text if words or a variable stand at its top; otherwise each group is looked into by itself.
sub part {
    my @items = @_;
    my $is_sentence = grep { !ref && (/^\{\{/ || ($_ !~ /^</ && /[A-Za-z]/)) } @items;
    if (!$is_sentence) {
        return join '', map { ref ? tag($_->[0]) . run(@$_[1 .. $#$_ - 1]) . $_->[-1] : tag($_) } @items;
    }
    my ($before, $after) = ('', '');
    while (!ref $items[0] && $items[0] =~ /^(<svg|<br|\s+$)/) { $before .= shift @items }
    while (!ref $items[-1] && $items[-1] =~ /^(<svg|<br|\s+$)/) { $after = pop(@items) . $after }
    return $before . text(join '', map { ref ? @$_ : $_ } @items) . $after;
}

# --- files -----------------------------------------------------------------------------------------------------------

sub files {
    my @files;
    find({ no_chdir => 1, wanted => sub { push @files, substr $_, length("$root/") if -f && /\.(html|txt)$/ } }, $root);
    return sort @files;
}

sub read_file {
    open my $in, '<:raw', $_[0] or die "$_[0]: $!\n";
    local $/;
    return scalar <$in>;
}

sub write_file {
    make_path(dirname($_[0]));
    open my $to, '>:raw', $_[0] or die "$_[0]: $!\n";
    print $to $_[1];
    close $to or die "$_[0]: $!\n";
}
