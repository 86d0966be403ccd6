#!/usr/bin/env escript
%%! +sbwt none +sbwtdcpu none +sbwtdio none
%% A pool of Erlang processes under a supervisor of OTP: what a death costs where it is cheap. Each line on standard input is a slice of so many
%% milliseconds; the answer is one line of JSON. Arguments: work (noop or millisecond), workers, callers, share of attempts that die, how (crash or exit).
-mode(compile).
-behaviour(supervisor).
-export([init/1, start_worker/2]).

main([Work, Workers, Callers, Share, How]) ->
    erlang:system_flag(schedulers_online, min(list_to_integer(Workers), erlang:system_info(schedulers))),
    Rounds = case Work of "noop" -> 0; "millisecond" -> calibrate() end,
    Fault = {list_to_float(Share), list_to_atom(How)},
    logger:set_primary_config(level, none),
    Desk = spawn_link(fun() -> desk(queue:new(), queue:new(), #{}) end),
    {ok, Supervisor} = supervisor:start_link(?MODULE, {Desk, {Rounds, Fault}}),
    [{ok, _} = supervisor:start_child(Supervisor, []) || _ <- lists:seq(1, list_to_integer(Workers))],
    io:format("ready~n"),
    slices(Desk, list_to_integer(Callers)).

slices(Desk, Callers) ->
    case io:get_line("") of
        eof -> ok;
        Line ->
            Ms = list_to_integer(string:trim(Line)),
            statistics(runtime),
            Began = erlang:monotonic_time(microsecond),
            Until = Began + Ms * 1000,
            Self = self(),
            [spawn_link(fun() -> Self ! {done, caller(Desk, Until, N * 1000000, 0)} end) || N <- lists:seq(1, Callers)],
            Right = lists:sum([receive {done, Count} -> Count end || _ <- lists:seq(1, Callers)]),
            {_, Cpu} = statistics(runtime),
            Wall = (erlang:monotonic_time(microsecond) - Began) / 1000,
            io:format("{\"right\":~B,\"failed\":0,\"wrong\":0,\"wallMs\":~.3f,\"cpuMs\":~B}~n", [Right, Wall, Cpu]),
            slices(Desk, Callers)
    end.

%% Has one task in the pool at a time. A task whose worker died is handed in again, as Holdfast and p-retry do.
caller(Desk, Until, Id, Right) ->
    case erlang:monotonic_time(microsecond) < Until of
        true -> Id = call(Desk, Id), caller(Desk, Until, Id + 1, Right + 1);
        false -> Right
    end.

call(Desk, Id) ->
    Desk ! {task, self(), Id},
    receive
        {answer, Id, Value} -> Value;
        {died, Id} -> call(Desk, Id)
    end.

%% Tasks that wait and workers that wait, each first in, first out, and who has which task: the caller of one that dies is told.
desk(Tasks, Idle, Busy) ->
    receive
        {task, Caller, Id} -> match(queue:in({Caller, Id}, Tasks), Idle, Busy);
        {new, Worker} -> monitor(process, Worker), match(Tasks, queue:in(Worker, Idle), Busy);
        {idle, Worker} -> match(Tasks, queue:in(Worker, Idle), maps:remove(Worker, Busy));
        {'DOWN', _, process, Worker, _} ->
            {{Caller, Id}, Others} = maps:take(Worker, Busy),
            Caller ! {died, Id},
            desk(Tasks, Idle, Others)
    end.

match(Tasks, Idle, Busy) ->
    case {queue:out(Tasks), queue:out(Idle)} of
        {{{value, Task}, Left}, {{value, Worker}, Others}} -> Worker ! Task, match(Left, Others, Busy#{Worker => Task});
        _ -> desk(Tasks, Idle, Busy)
    end.

init({Desk, Settings}) ->
    Child = #{id => worker, start => {?MODULE, start_worker, [Desk, Settings]}, restart => permanent, shutdown => brutal_kill},
    {ok, {#{strategy => simple_one_for_one, intensity => 1000000000, period => 1}, [Child]}}.

start_worker(Desk, Settings) -> {ok, spawn_link(fun() -> Desk ! {new, self()}, work(Desk, Settings) end)}.

work(Desk, {Rounds, {Share, How}} = Settings) ->
    receive
        {Caller, Id} ->
            Half = busy(Rounds div 2, 16#011c9dc5),
            Share > 0 andalso rand:uniform() < Share andalso die(How),
            busy(Rounds - Rounds div 2, Half),
            Caller ! {answer, Id, Id},
            Desk ! {idle, self()}
    end,
    work(Desk, Settings).

die(crash) -> error(injected);
die(exit) -> exit(injected).

busy(0, Hash) -> Hash;
busy(Rounds, Hash) -> busy(Rounds - 1, ((Hash bxor (Rounds band 255)) * 16#01000193) band 16#ffffffff).

%% Rounds that take a millisecond of this machine, by CPU time.
calibrate() ->
    Rounds = 2000000,
    Tries = [begin statistics(runtime), busy(Rounds, 1), {_, Ms} = statistics(runtime), Rounds / max(1, Ms) end || _ <- lists:seq(1, 7)],
    round(lists:nth(4, lists:sort(Tries))).
