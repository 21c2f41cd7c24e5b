"""From options to a server, ready to be started."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from sqlalchemy import Engine as Store

from shelfguard.engine import Engine
from shelfguard.errors import ServeError
from shelfguard.learn.registry.fetch import pin
from shelfguard.models.transformer import Backend
from shelfguard.objects import is_remote
from shelfguard.objects.stores import client_of
from shelfguard.policy.load import load_pack, with_models
from shelfguard.policy.pack import Pack
from shelfguard.serve.access import Access, Limits
from shelfguard.serve.background import Background
from shelfguard.serve.deciding.generation import Generation
from shelfguard.serve.deciding.job import Answer, Job
from shelfguard.serve.deciding.recorder import Ledger, Told
from shelfguard.serve.deciding.service import DecisionService
from shelfguard.serve.housekeeping import keep_house
from shelfguard.serve.ledger import Events, NoLedger, StoreLedger
from shelfguard.serve.log_writer import write_log
from shelfguard.serve.measures import Measures
from shelfguard.serve.options import Options
from shelfguard.serve.remembered import Remembered
from shelfguard.serve.server import Server
from shelfguard.serve.shadow import Shadow
from shelfguard.serve.webhooks.endpoints import Endpoint, read_endpoints
from shelfguard.serve.webhooks.events import deliveries_of
from shelfguard.serve.webhooks.sender import Sender
from shelfguard.store.cache import cache
from shelfguard.store.identity import shared_identity
from shelfguard.store.limits import RateLimits
from shelfguard.store.schema import open_store


def build_server(options: Options, measures: Measures | None = None) -> Server:
    """Load the pack and open the store; it counts in `measures`, or in some of its own.

    Raises:
        PackError, ModelError: the pack or a model cannot be loaded.
        StoreError: the store cannot be reached, or has other tables than this version needs. Or
            the log's address is of no known kind, or the package for it is not installed.
        ServeError: options that do not go together.
    """
    _refuse_without_store(options)
    _refuse_unknown_log(options.log)
    store = open_store(options.store) if options.store else None
    endpoints = read_endpoints(options.webhooks) if options.webhooks else []
    measures = measures or Measures()
    load = partial(_load, options, measures)
    shadow = _shadow(options, store, measures)
    service = DecisionService(
        load(options.pack, options.model),
        _ledger(options, store, endpoints),
        options.pace,
        seen=measures.seen,
        told=_told(measures, shadow),
    )
    measures.watch(lambda: {lane.name: lane.waiting for lane in service.lanes.all})
    return Server(
        service=service,
        store=store,
        pack_name=options.pack,
        model=options.model,
        access=Access(store if options.keys else None, _limits(options)),
        measures=measures,
        load=load,
        limits=options.limits,
        remembered=_remembered(options, store),
        challenger=shadow.challenger if shadow else None,
        background=list(_background(options, store, endpoints, shadow, measures)),
    )


def _refuse_without_store(options: Options) -> None:
    if options.store:
        return
    needing = {
        "--keys": options.keys,
        "--webhooks": options.webhooks,
        "--log": options.log,
        "--cache": options.cache,
        "--challenger-pack": options.challenger_pack,
        "--challenger-model": options.challenger_model,
    }
    if asked := [name for name, given in needing.items() if given]:
        fix = "Name one with --store, or leave these out"
        raise ServeError(f"{', '.join(asked)} cannot work without a store", fix=fix)


def _refuse_unknown_log(url: str | None) -> None:
    """Whether it can be reached is another matter: the log may be behind the store."""
    if url and is_remote(url):
        client_of(url)


def _pack(name: str, model: str | None) -> Pack:
    pack = load_pack(name)
    return with_models(pack, pin(model).folder) if model else pack


def _load(options: Options, measures: Measures, name: str, model: str | None) -> Generation:
    return Generation.load(_pack(name, model), partial(_engine, options, measures))


def _engine(options: Options, measures: Measures, pack: Pack) -> Engine:
    return Engine.from_pack(
        pack,
        pictures=options.images,
        market=options.market,
        mode=options.mode,
        backend=_backend(options.backend, measures),
    )


def _backend(url: str | None, measures: Measures) -> Backend | None:
    if url is None:
        return None
    from shelfguard.serve.triton.backend import TritonBackend

    return TritonBackend(url, told=measures.judged)


def _limits(options: Options) -> Limits | None:
    return RateLimits(options.rate, options.redis) if options.rate else None


def _remembered(options: Options, store: Store | None) -> Remembered | None:
    if store is None or not options.cache:
        return None
    identity = shared_identity(store) if options.redis else None
    return Remembered(cache(options.redis if identity else None), identity or "")


def _ledger(options: Options, store: Store | None, endpoints: Sequence[Endpoint]) -> Ledger:
    if store is None:
        return NoLedger()
    events: Events = partial(deliveries_of, endpoints)
    return StoreLedger(store, options.keep, events)


def _shadow(options: Options, store: Store | None, measures: Measures) -> Shadow | None:
    name, model = options.challenger_pack, options.challenger_model
    if store is None or not (name or model):
        return None
    name = name or options.pack
    challenger = f"{_pack(name, model).label} with {model or 'its own models'}"
    build = partial(_challenger, options, name, model)
    return Shadow(build, challenger, store, measures.missed.inc)


def _challenger(options: Options, name: str, model: str | None) -> Engine:
    pack = _pack(name, model)
    # What the champion sees: else every finding in a picture would be a difference.
    pictures = options.images if pack.manifest.pictures else None
    return Engine.from_pack(pack, pictures=pictures, market=options.market)


def _told(measures: Measures, shadow: Shadow | None) -> Told:
    def told(answered: Sequence[tuple[Job, Answer]]) -> None:
        measures.told(answered)
        if shadow:
            shadow.offer([(job, answer) for job, answer in answered if job.caller.keeps])

    return told


def _background(
    options: Options,
    store: Store | None,
    endpoints: Sequence[Endpoint],
    shadow: Shadow | None,
    measures: Measures,
) -> Iterator[Background]:
    if measures.share:
        yield Background("measures", measures.keep_looking)
    if store:
        yield Background("housekeeping", partial(keep_house, store))
    if store and endpoints:
        yield Background("webhooks", Sender(store, endpoints, options.dead_letters).run)
    if store and options.log:
        yield Background("decision log", partial(write_log, store, options.log))
    if shadow:
        yield Background("challenger", shadow.run)
