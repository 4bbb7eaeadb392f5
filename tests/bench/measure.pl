#!/usr/bin/perl
# measure.pl - one interleaved run: every subject once, ROUNDS times over; medians, ratios, CPU of each process from /proc.
#   measure.pl ROUNDS SECONDS CONNECTIONS FILE
# FILE has a line for each subject: name, wrk's words (script, url, "--", its arguments; @SKIP@ stands for how many were taken from a
# list already) or "@RUN@" and a program that takes the seconds and prints what the scripts of wrk print, and the process ids whose CPU counts, as
# group:pid lists, parted by tabs. A group's processes are those and their children. Prints a table, and to results.tsv beside FILE:
# name, requests/s, p50 and p99 in ms, CPU microseconds a request of each group.
use strict;
use warnings;

my ($rounds, $seconds, $connections, $file) = @ARGV;
my @subjects;
open my $list, '<', $file or die "$file: $!";
while (<$list>) {
    chomp;
    my ($name, $words, $groups) = split /\t/;
    my %pids = map { my ($group, $pids) = split /:/; ($group => [split /,/, $pids]) } split / /, $groups // '';
    push @subjects, { name => $name, words => $words, pids => \%pids, runs => [] };
}
my $ticks = `getconf CLK_TCK` + 0;
my $load = (split / /, do { open my $f, '<', '/proc/loadavg'; <$f> })[0];

sub median { my @sorted = sort { $a <=> $b } @_; return @sorted % 2 ? $sorted[@sorted / 2] : ($sorted[@sorted / 2 - 1] + $sorted[@sorted / 2]) / 2 }

# Nanoseconds where the scheduler tells them, else clock ticks. Of every thread: the process's own figure is that of its first.
sub cpu_us {
    my ($pid) = @_;
    my $us = 0;
    for my $task (glob "/proc/$pid/task/*") {
        if (open my $f, '<', "$task/schedstat") { my ($ns) = split / /, <$f> // '0'; $us += $ns / 1000; next }
        open my $f, '<', "$task/stat" or next;
        my @stat = split / /, (<$f> =~ /\) (.*)/)[0];
        $us += ($stat[11] + $stat[12]) * 1e6 / $ticks;
    }
    return $us;
}

sub tree { my ($pid) = @_; return ($pid, map { tree($_) } split / /, do { local $/; open my $f, '<', "/proc/$pid/task/$pid/children" or return $pid; <$f> // '' }) }
sub group_us { my ($pids) = @_; my $us = 0; $us += cpu_us($_) for map { tree($_) } @$pids; return $us }

for my $round (0 .. $rounds) {      # the first warms up and is thrown away
    for my $s (@subjects) {
        my %before = map { $_ => group_us($s->{pids}{$_}) } keys %{ $s->{pids} };
        my $time = $round == 0 ? 1 : $seconds;
        my $skip = $s->{taken} // 0;
        my $takes = (my $words = $s->{words}) =~ s/\@SKIP\@/$skip/;
        my $out = $words =~ s/^\@RUN\@ // ? `$words $time 2>&1` : `wrk -t2 -c$connections -d${time}s --timeout 20s -s $words 2>&1`;
        my ($n, $us, $p50, $p99, $bad) = $out =~ /^BENCH (\d+) (\d+) (\d+) (\d+) (\d+)/m or die "$s->{name}: $out";
        die "$s->{name}: $bad requests failed\n$out" if $bad > 0;
        die "$s->{name}: nothing was answered\n$out" if $n == 0;
        $s->{taken} = $skip + $n + $connections if $takes;
        next if $round == 0;
        my %cpu = map { $_ => (group_us($s->{pids}{$_}) - $before{$_}) / $n } keys %{ $s->{pids} };
        push @{ $s->{runs} }, { rate => $n * 1e6 / $us, p50 => $p50 / 1000, p99 => $p99 / 1000, cpu => \%cpu };
    }
}

open my $results, '>', $file =~ s/[^\/]*$/results.tsv/r or die $!;
my $load_after = (split / /, do { open my $f, '<', '/proc/loadavg'; <$f> })[0];
printf "medians of %d interleaved rounds of %s s, %d connections; load of the machine %s before, %s after\n", $rounds, $seconds, $connections, $load, $load_after;
printf "%-34s %10s %8s %8s   %s\n", 'what', 'requests/s', 'p50 ms', 'p99 ms', 'CPU us per request: front / program / database';
for my $s (@subjects) {
    my %of = map { my $key = $_; $key => median(map { $_->{$key} } @{ $s->{runs} }) } qw(rate p50 p99);
    my @cpu = map { my $g = $_; exists $s->{pids}{$g} ? sprintf '%.0f', median(map { $_->{cpu}{$g} } @{ $s->{runs} }) : '-' } qw(front program database);
    printf "%-34s %10.0f %8.1f %8.1f   %s\n", $s->{name}, $of{rate}, $of{p50}, $of{p99}, join ' / ', @cpu;
    print $results join("\t", $s->{name}, @of{qw(rate p50 p99)}, @cpu), "\n";
}
