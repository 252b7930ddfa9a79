"""Classes of packages that models descend from, as data: what columns and names they give, written as models.

Read as if they were modules of the project. Sources: the declarations of the packages' own classes.
"""

from __future__ import annotations

_ADVANCED_ALCHEMY = """
import datetime, re, uuid
from typing import Any
from sqlalchemy import Date, Identity, MetaData, Sequence, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, has_inherited_table, mapped_column, registry
from advanced_alchemy.types import GUID, BigIntIdentity, DateTimeUTC, JsonB

convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

def create_registry(custom_annotation_map=None):
    types = {
        uuid.UUID: GUID, datetime.datetime: DateTimeUTC, datetime.date: Date, dict: JsonB, dict[str, Any]: JsonB,
        dict[str, str]: JsonB,
    }
    types.update(custom_annotation_map or {})
    return registry(metadata=MetaData(naming_convention=convention), type_annotation_map=types)

orm_registry = create_registry()
metadata_registry = {None: orm_registry.metadata}

class SentinelMixin:
    @declared_attr
    def _sentinel(cls) -> Mapped[int]:
        return mapped_column(name="sa_orm_sentinel", nullable=True, use_existing_column=True, sort_order=3001)

class UUIDPrimaryKey(SentinelMixin):
    id: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4, primary_key=True, sort_order=-100)

class UUIDv6PrimaryKey(UUIDPrimaryKey):
    pass

class UUIDv7PrimaryKey(UUIDPrimaryKey):
    pass

class NanoIDPrimaryKey(SentinelMixin):
    id: Mapped[str] = mapped_column(default=str, primary_key=True, sort_order=-100)

class BigIntPrimaryKey:
    @declared_attr
    def id(cls) -> Mapped[int]:
        sequence = Sequence(f"{cls.__tablename__}_id_seq", optional=False)
        return mapped_column(BigIntIdentity, sequence, primary_key=True, sort_order=-100)

class IdentityPrimaryKey:
    @declared_attr
    def id(cls) -> Mapped[int]:
        return mapped_column(BigIntIdentity, Identity(start=1, increment=1), primary_key=True, sort_order=-100)

class AuditColumns:
    created_at: Mapped[datetime.datetime] = mapped_column(DateTimeUTC(timezone=True), default=str, sort_order=3002)
    updated_at: Mapped[datetime.datetime] = mapped_column(DateTimeUTC(timezone=True), default=str, sort_order=3003)

class SlugKey:
    @declared_attr
    def slug(cls) -> Mapped[str]:
        return mapped_column(String(length=100), nullable=False)

    @declared_attr.directive
    def __table_args__(cls):
        return (UniqueConstraint(cls.slug, name=f"uq_{cls.__tablename__}_slug"),)

class BasicAttributes:
    pass

class CommonTableAttributes(BasicAttributes):
    @declared_attr.directive
    def __tablename__(cls):
        if has_inherited_table(cls):
            return None
        return re.sub("((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))", r"_\\1", cls.__name__).lower()

class AdvancedDeclarativeBase(DeclarativeBase):
    __abstract__ = True
    registry = orm_registry

class UUIDBase(UUIDPrimaryKey, CommonTableAttributes, AdvancedDeclarativeBase):
    __abstract__ = True

class UUIDAuditBase(CommonTableAttributes, UUIDPrimaryKey, AuditColumns, AdvancedDeclarativeBase):
    __abstract__ = True

class UUIDv6Base(UUIDv6PrimaryKey, CommonTableAttributes, AdvancedDeclarativeBase):
    __abstract__ = True

class UUIDv6AuditBase(CommonTableAttributes, UUIDv6PrimaryKey, AuditColumns, AdvancedDeclarativeBase):
    __abstract__ = True

class UUIDv7Base(UUIDv7PrimaryKey, CommonTableAttributes, AdvancedDeclarativeBase):
    __abstract__ = True

class UUIDv7AuditBase(CommonTableAttributes, UUIDv7PrimaryKey, AuditColumns, AdvancedDeclarativeBase):
    __abstract__ = True

class NanoIDBase(NanoIDPrimaryKey, CommonTableAttributes, AdvancedDeclarativeBase):
    __abstract__ = True

class NanoIDAuditBase(CommonTableAttributes, NanoIDPrimaryKey, AuditColumns, AdvancedDeclarativeBase):
    __abstract__ = True

class BigIntBase(BigIntPrimaryKey, CommonTableAttributes, AdvancedDeclarativeBase):
    __abstract__ = True

class BigIntAuditBase(CommonTableAttributes, BigIntPrimaryKey, AuditColumns, AdvancedDeclarativeBase):
    __abstract__ = True

class IdentityBase(IdentityPrimaryKey, CommonTableAttributes, AdvancedDeclarativeBase):
    __abstract__ = True

class IdentityAuditBase(CommonTableAttributes, IdentityPrimaryKey, AuditColumns, AdvancedDeclarativeBase):
    __abstract__ = True

class DefaultBase(CommonTableAttributes, AdvancedDeclarativeBase):
    __abstract__ = True

class SQLQuery(BasicAttributes, AdvancedDeclarativeBase):
    __abstract__ = True
"""

_FASTAPI_USERS = """
from typing import Optional
from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from fastapi_users_db_sqlalchemy.generics import GUID, TIMESTAMPAware

class SQLAlchemyBaseUserTable:
    __tablename__ = "user"
    email: Mapped[str] = mapped_column(String(length=320), unique=True, index=True, nullable=False)
    hashed_password: Mapped[str] = mapped_column(String(length=1024), nullable=False)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, nullable=False)
    is_superuser: Mapped[bool] = mapped_column(Boolean, default=False, nullable=False)
    is_verified: Mapped[bool] = mapped_column(Boolean, default=False, nullable=False)

class SQLAlchemyBaseUserTableUUID(SQLAlchemyBaseUserTable):
    id: Mapped[str] = mapped_column(GUID, primary_key=True, default=str)

class SQLAlchemyBaseOAuthAccountTable:
    __tablename__ = "oauth_account"
    oauth_name: Mapped[str] = mapped_column(String(length=100), index=True, nullable=False)
    access_token: Mapped[str] = mapped_column(String(length=1024), nullable=False)
    expires_at: Mapped[Optional[int]] = mapped_column(Integer, nullable=True)
    refresh_token: Mapped[Optional[str]] = mapped_column(String(length=1024), nullable=True)
    account_id: Mapped[str] = mapped_column(String(length=320), index=True, nullable=False)
    account_email: Mapped[str] = mapped_column(String(length=320), nullable=False)

class SQLAlchemyBaseOAuthAccountTableUUID(SQLAlchemyBaseOAuthAccountTable):
    id: Mapped[str] = mapped_column(GUID, primary_key=True, default=str)

    @declared_attr
    def user_id(cls) -> Mapped[str]:
        return mapped_column(GUID, ForeignKey("user.id", ondelete="cascade"), nullable=False)

class SQLAlchemyBaseAccessTokenTable:
    __tablename__ = "accesstoken"
    token: Mapped[str] = mapped_column(String(length=43), primary_key=True)
    created_at: Mapped[str] = mapped_column(TIMESTAMPAware(timezone=True), index=True, nullable=False, default=str)

class SQLAlchemyBaseAccessTokenTableUUID(SQLAlchemyBaseAccessTokenTable):
    @declared_attr
    def user_id(cls) -> Mapped[str]:
        return mapped_column(GUID, ForeignKey("user.id", ondelete="cascade"), nullable=False)
"""

_OSLO_DB = """
from sqlalchemy import Column, DateTime, Integer

class ModelBase:
    pass

class TimestampMixin:
    created_at = Column(DateTime, default=str)
    updated_at = Column(DateTime)

class SoftDeleteMixin:
    deleted_at = Column(DateTime)
    deleted = Column(Integer, default=0)
"""

_AUTHLIB = """
from sqlalchemy import Column, Integer, String, Text

class OAuth2ClientMixin:
    client_id = Column(String(48), index=True)
    client_secret = Column(String(120))
    client_id_issued_at = Column(Integer, nullable=False, default=0)
    client_secret_expires_at = Column(Integer, nullable=False, default=0)
    _client_metadata = Column("client_metadata", Text)

class OAuth2AuthorizationCodeMixin:
    code = Column(String(120), unique=True, nullable=False)
    client_id = Column(String(48))
    redirect_uri = Column(Text, default="")
    response_type = Column(Text, default="")
    scope = Column(Text, default="")
    nonce = Column(Text)
    auth_time = Column(Integer, nullable=False, default=int)
    acr = Column(Text)
    amr = Column(Text)
    code_challenge = Column(Text)
    code_challenge_method = Column(String(48))

class OAuth2TokenMixin:
    client_id = Column(String(48))
    token_type = Column(String(40))
    access_token = Column(String(255), unique=True, nullable=False)
    refresh_token = Column(String(255), index=True)
    scope = Column(Text, default="")
    issued_at = Column(Integer, nullable=False, default=int)
    access_token_revoked_at = Column(Integer, nullable=False, default=0)
    refresh_token_revoked_at = Column(Integer, nullable=False, default=0)
    expires_in = Column(Integer, nullable=False, default=0)
"""

_FLASK_DANCE = """
from sqlalchemy import JSON, Column, DateTime, Integer, String
from sqlalchemy.orm import declared_attr

class OAuthConsumerMixin:
    @declared_attr
    def __tablename__(cls):
        return f"flask_dance_{cls.__name__.lower()}"

    id = Column(Integer, primary_key=True)
    provider = Column(String(50), nullable=False)
    created_at = Column(DateTime, default=str, nullable=False)
    token = Column(JSON, nullable=False)
"""

_SQLALCHEMY_MIXINS = """
from sqlalchemy import TIMESTAMP, Column

class TimestampsMixin:
    __abstract__ = True
    created_at = Column(TIMESTAMP(timezone=False), default=str, nullable=False)
    updated_at = Column(TIMESTAMP(timezone=False), default=str, nullable=False)
"""

_SQLALCHEMY_UTILS = """
from sqlalchemy import Column, DateTime

class Timestamp:
    created = Column(DateTime, default=str, nullable=False)
    updated = Column(DateTime, default=str, nullable=False)
"""

_FLASK_APPBUILDER = """
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Column, DateTime, ForeignKey, Integer
from sqlalchemy.orm import as_declarative, declared_attr

@as_declarative(name="Model")
class Model:
    __table_args__ = {"extend_existing": True}

Base = Model

class AuditMixin:
    created_on = Column(DateTime, default=str, nullable=False)
    changed_on = Column(DateTime, default=str, nullable=False)

    @declared_attr
    def created_by_fk(cls):
        return Column(Integer, ForeignKey("ab_user.id"), default=int, nullable=False)

    @declared_attr
    def changed_by_fk(cls):
        return Column(Integer, ForeignKey("ab_user.id"), default=int, nullable=False)

class SQLA(SQLAlchemy):
    pass

def get_sqla_class():
    return SQLA
"""

_SQLALCHEMY_HELPERS = """
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    })

def get_base(*args, **kwargs):
    return Base
"""

MODELS: dict[str, str] = {
    "advanced_alchemy": _ADVANCED_ALCHEMY,
    "litestar": _ADVANCED_ALCHEMY,
    "fastapi_users": _FASTAPI_USERS,
    "fastapi_users_db_sqlalchemy": _FASTAPI_USERS,
    "oslo_db": _OSLO_DB,
    "authlib": _AUTHLIB,
    "flask_appbuilder": _FLASK_APPBUILDER,
    "flask_dance": _FLASK_DANCE,
    "sqlalchemy_helpers": _SQLALCHEMY_HELPERS,
    "sqlalchemy_mixins": _SQLALCHEMY_MIXINS,
    "sqlalchemy_utils": _SQLALCHEMY_UTILS,
}
"""The models of packages, by the name of the package."""
