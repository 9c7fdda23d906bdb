//! What the description of a call says because of the types its handler has: each
//! extractor says what a request brings along, each answer what comes back. What an
//! attribute of the handler has said of the same thing already is left as it is.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required, ResponseBuilder, Schema};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::UtoipaMethodRouter;

use crate::http::problem::Problem;

/// Schemas by their names.
type Schemas = Vec<(String, RefOr<Schema>)>;

/// The description of one call, in the making.
pub(in crate::http) struct Description<'a> {
    path: &'a str,
    operation: &'a mut Operation,
    schemas: &'a mut Schemas,
}

/// An argument or an answer of a handler, which says what it means to a client.
pub(in crate::http) trait Described {
    /// Says so. What concerns no client says nothing.
    fn describe(_: &mut Description<'_>) {}
}

impl<S> Described for State<S> {}
impl<T> Described for Extension<T> {}
impl Described for HeaderMap {}
impl Described for Body {}
impl Described for Response {}

impl<T: Described> Described for Result<T, Problem> {
    fn describe(description: &mut Description<'_>) {
        T::describe(description);
    }
}

impl Description<'_> {
    /// A JSON answer.
    pub(in crate::http) fn answers<T: ToSchema>(&mut self, status: u16) {
        let (schema, says) = self.schema::<T>();
        let answer = ResponseBuilder::new()
            .description(says.unwrap_or_else(|| "The answer".to_owned()))
            .content("application/json", ContentBuilder::new().schema(Some(schema)).build());
        self.operation
            .responses
            .responses
            .entry(status.to_string())
            .or_insert_with(|| RefOr::T(answer.build()));
    }

    /// The same answer as a file.
    pub(in crate::http) fn answers_file(&mut self, status: u16, media: &str, schema: RefOr<Schema>) {
        if let Some(RefOr::T(answer)) = self.operation.responses.responses.get_mut(&status.to_string()) {
            answer
                .content
                .insert(media.to_owned(), ContentBuilder::new().schema(Some(schema)).build().into());
        }
    }

    /// A JSON body.
    pub(in crate::http) fn takes<T: ToSchema>(&mut self) {
        let (schema, says) = self.schema::<T>();
        self.takes_media("application/json", schema.into(), says);
    }

    /// A body of some media type.
    pub(in crate::http) fn takes_media(&mut self, media: &str, schema: RefOr<Schema>, says: Option<String>) {
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let body = RequestBodyBuilder::new().content(media, content).required(Some(Required::True));
        self.operation.request_body.get_or_insert_with(|| RefOr::T(body.description(says).build()));
    }

    /// The parameters of a query.
    pub(in crate::http) fn asks<T: IntoParams>(&mut self) {
        T::into_params(|| Some(ParameterIn::Query))
            .into_iter()
            .for_each(|parameter| self.parameter(parameter));
    }

    /// The parameter of the path.
    pub(in crate::http) fn names(&mut self, schema: RefOr<Schema>) {
        let Some((before, rest)) = self.path.split_once("/{") else { return };
        let name = rest.split('}').next().unwrap_or_default();
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some(format!("The {name} of one in `{before}`")))
            .schema(Some(schema));
        self.parameter(parameter.build());
    }

    fn parameter(&mut self, new: Parameter) {
        let parameters = self.operation.parameters.get_or_insert_default();
        let is_said = |known: &RefOr<Parameter>| match known {
            RefOr::T(known) => known.name == new.name && known.parameter_in == new.parameter_in,
            RefOr::Ref(_) => false,
        };
        if !parameters.iter().any(is_said) {
            parameters.push(RefOr::T(new));
        }
    }

    /// The reference to a type's schema, which is kept, and what the type says of
    /// itself.
    fn schema<T: ToSchema>(&mut self) -> (Ref, Option<String>) {
        let schema = T::schema();
        let says = match &schema {
            RefOr::T(Schema::Object(object)) => object.description.clone(),
            _ => None,
        };
        self.schemas.push((T::name().into_owned(), schema));
        T::schemas(self.schemas);
        (Ref::from_schema_name(T::name()), says)
    }
}

/// A function that handles a call.
pub(in crate::http) trait Handler<M> {
    /// Says what its arguments and its answer mean to a client.
    fn describe(description: &mut Description<'_>);
}

macro_rules! handlers {
    ($($argument:ident)*) => {
        impl<$($argument: Described),*> Described for ($($argument,)*) {
            fn describe(_description: &mut Description<'_>) {
                $($argument::describe(_description);)*
            }
        }

        impl<F, Answering, Answer, $($argument),*> Handler<fn($($argument),*) -> Answer> for F
        where
            F: Fn($($argument),*) -> Answering,
            Answering: Future<Output = Answer>,
            Answer: Described,
            $($argument: Described,)*
        {
            fn describe(description: &mut Description<'_>) {
                <($($argument,)*)>::describe(description);
                Answer::describe(description);
            }
        }
    };
}

handlers!();
handlers!(A);
handlers!(A B);
handlers!(A B C);
handlers!(A B C D);
handlers!(A B C D E);

/// A call with the description that its handler gives of itself.
pub(in crate::http) fn described<M, H: Handler<M>, S>(
    _: &H,
    (mut schemas, mut paths, router): UtoipaMethodRouter<S>,
) -> UtoipaMethodRouter<S> {
    for (path, item) in &mut paths.paths {
        for operation in [&mut item.get, &mut item.post, &mut item.delete].into_iter().flatten() {
            H::describe(&mut Description { path, operation, schemas: &mut schemas });
        }
    }
    (schemas, paths, router)
}
