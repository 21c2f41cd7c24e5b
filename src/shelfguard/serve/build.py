"""From options to a server, ready to be started."""

from __future__ import annotations

from functools import partial

from sqlalchemy import Engine as Store

from shelfguard.engine import Engine
from shelfguard.learn.registry.fetch import pin
from shelfguard.policy.load import load_pack, with_models
from shelfguard.policy.pack import Pack
from shelfguard.serve.access import Access
from shelfguard.serve.deciding.generation import Generation
from shelfguard.serve.deciding.recorder import Ledger
from shelfguard.serve.deciding.service import DecisionService
from shelfguard.serve.ledger import NoLedger, StoreLedger
from shelfguard.serve.measures import Measures
from shelfguard.serve.options import Options
from shelfguard.serve.server import Server
from shelfguard.store.schema import open_store


def build_server(options: Options) -> Server:
    """Load the pack and open the store.

    Raises:
        PackError, ModelError: the pack or a model cannot be loaded.
        StoreError: the store cannot be reached, or has other tables than this version needs.
    """
    store = open_store(options.store) if options.store else None
    load = partial(_load, options)
    measures = Measures()
    service = DecisionService(
        load(options.pack, options.model),
        _ledger(options, store),
        options.pace,
        seen=measures.seen,
        told=measures.told,
    )
    lanes = service.lanes
    measures.watch(lambda: {lane.name: lane.waiting for lane in lanes.all})
    access = Access(store if options.keys else None, None)
    return Server(
        service=service,
        store=store,
        pack_name=options.pack,
        model=options.model,
        access=access,
        measures=measures,
        load=load,
        limits=options.limits,
    )


def _load(options: Options, name: str, model: str | None) -> Generation:
    pack = load_pack(name)
    if model:
        pack = with_models(pack, pin(model).folder)
    return Generation.load(pack, partial(_engine, options))


def _engine(options: Options, pack: Pack) -> Engine:
    return Engine.from_pack(pack, market=options.market, mode=options.mode)


def _ledger(options: Options, store: Store | None) -> Ledger:
    if store is None:
        return NoLedger()
    return StoreLedger(store, options.keep, lambda _: ())
